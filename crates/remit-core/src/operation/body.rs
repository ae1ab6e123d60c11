//! The format of a request's body.

/// The format of a request's body, and of its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// No body; the response is JSON.
    Empty,
    /// No body; the response is XML, which both `Content-Type` and `Accept` select. [HV-GH, overview]
    EmptyXml,
    /// A JSON object.
    Json,
    /// A JSON object with these members in every request, in addition to the fields.
    JsonWith(&'static [(&'static str, bool)]),
    /// An XML element of this name.
    Xml(&'static str),
}

impl Body {
    /// The media type of the request and of the response.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Empty | Self::Json | Self::JsonWith(_) => "application/json",
            Self::EmptyXml | Self::Xml(_) => "application/xml",
        }
    }

    /// Whether the request has no body.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Empty | Self::EmptyXml)
    }

    /// The members with the same value in every request.
    pub(crate) fn fixed(self) -> &'static [(&'static str, bool)] {
        if let Self::JsonWith(fixed) = self { fixed } else { &[] }
    }
}
