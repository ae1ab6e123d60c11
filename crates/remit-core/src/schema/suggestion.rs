//! Likely values that a form can offer.

use crate::schema::field::Field;
use crate::schema::name;

/// The likely value of a field, which a form can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// Today.
    Today,
    /// What is left to pay on the invoice.
    Balance,
}

impl Suggestion {
    /// What can be offered for a field. Other dates and amounts, such as fees, have no likely value.
    #[must_use]
    pub fn of(field: &Field) -> Option<Self> {
        match field.name {
            name::PAID_AT | name::ISSUED_AT => Some(Self::Today),
            name::AMOUNT => Some(Self::Balance),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::declaration::Provider;

    #[test]
    fn today_and_the_balance_would_have_to_be_typed_or_be_offered_for_a_fee() {
        let fields = Provider::find("ivvy").unwrap().payment.fields;
        let offered = fields.iter().filter_map(|field| Some((field.name, Suggestion::of(field)?)));
        assert!(offered.eq([(name::PAID_AT, Suggestion::Today), (name::AMOUNT, Suggestion::Balance)]));
    }
}
