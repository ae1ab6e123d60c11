//! The declaration of fields (names, kinds, limits, conditions, encodings), and checked values.

pub mod choice;
pub mod field;
pub mod field_type;
pub mod name;
pub mod suggestion;
pub mod value;
pub mod values;
