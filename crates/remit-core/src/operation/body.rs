//! How a request's body is written.

/// How a request's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// None; the answer is JSON.
    Empty,
    /// None; the answer is XML, and is chosen by `Content-Type` as well as `Accept`. [HV-GH, overview]
    EmptyXml,
    /// A JSON object.
    Json,
    /// A JSON object with these members in every request, beside those of the fields.
    JsonWith(&'static [(&'static str, bool)]),
    /// An XML element of this name.
    Xml(&'static str),
}

impl Body {
    /// The media type of the body and of the answer to it.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Empty | Self::Json | Self::JsonWith(_) => "application/json",
            Self::EmptyXml | Self::Xml(_) => "application/xml",
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Empty | Self::EmptyXml)
    }

    /// The members that are the same in every request.
    pub(crate) fn fixed(self) -> &'static [(&'static str, bool)] {
        if let Self::JsonWith(fixed) = self { fixed } else { &[] }
    }
}
