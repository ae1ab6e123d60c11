//! Values that a form can suggest.

use crate::schema::field::Field;
use crate::schema::name;

/// A value that a form can suggest for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// Today's date.
    Today,
    /// The invoice's balance.
    Balance,
}

impl Suggestion {
    /// The suggestion for a field. Other dates and amounts, such as fees, have none.
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
    fn suggests_today_for_the_payment_date_and_the_balance_for_the_amount_only() {
        let fields = Provider::find("ivvy").unwrap().payment.fields;
        let offered = fields.iter().filter_map(|field| Some((field.name, Suggestion::of(field)?)));
        assert!(offered.eq([(name::PAID_AT, Suggestion::Today), (name::AMOUNT, Suggestion::Balance)]));
    }
}
