//! The declaration of fields: names, kinds, limits, conditions and encodings, and the values that they take.

pub mod choice;
pub mod field;
pub mod field_type;
pub mod name;
pub mod suggestion;
pub mod value;
pub mod values;
