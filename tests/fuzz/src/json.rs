//! Target: parsing of JSON.

use remit_core::wire::json::Json;

use crate::libraries::{depth, json_agrees};

pub(crate) fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    json_agrees(text).unwrap();
    let Ok(json) = Json::parse(text) else { return };
    assert!(depth(&json) <= 64);
    let printed = json.print();
    assert_eq!(Json::parse(&printed), Ok(json.clone()), "{printed}");
    json_agrees(&printed).unwrap();
    if let (Json::Object(before), Ok(Json::Object(after))) = (&json, json.clone().lower_names()) {
        // Only the names have changed, and no two names have become equal.
        assert_eq!(before.len(), after.len());
        for (at, ((name, value), (lower, same))) in before.iter().zip(&after).enumerate() {
            assert_eq!((name.to_ascii_lowercase(), value), (lower.clone(), same));
            assert!(after[..at].iter().all(|(known, _)| known != lower), "{lower}");
        }
    }
}
