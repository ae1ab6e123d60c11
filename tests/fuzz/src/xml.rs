//! Target: parsing of XML.

use remit_core::wire::xml::Element;

use crate::libraries::{theirs, xml_agrees};

pub(crate) fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    // The other parser returns nothing for a document type or entities.
    xml_agrees(text).unwrap();
    let Ok(element) = Element::parse(text) else { return };
    assert!(depth(&element) <= 64);
    let printed = element.print();
    assert_eq!(Element::parse(&printed), Ok(element.clone()), "{printed}");
    assert_eq!(theirs(&printed), Some(element), "{printed}");
}

fn depth(element: &Element) -> usize {
    1 + element.children.iter().map(depth).max().unwrap_or(0)
}
