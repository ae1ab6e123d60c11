//! The declaration of the custom properties that style the elements, and the part of www/remit.css generated from it.

use anyhow::Result;

use crate::project::between;

/// A custom property: its name without the prefix `--remit-`, its default, in which `--_text` stands for the value of
/// `--remit-text`, and its description.
type CssProperty = (&'static str, &'static str, &'static str);

/// The custom properties by section.
pub(crate) const SECTIONS: &[(&str, &[CssProperty])] = &[
    (
        "Colours: text and surfaces",
        &[
            ("text", "light-dark(#17202e, #e8ecf4)", "text"),
            ("title", "var(--_text)", "titles"),
            ("label", "var(--_text)", "labels"),
            ("muted", "light-dark(#556072, #a5b0c2)", "hints, the lead and units"),
            ("surface", "light-dark(#fff, #161b24)", "the background"),
            ("soft", "light-dark(#f4f6f9, #1f2631)", "quiet panels, and controls under the pointer"),
            ("line", "light-dark(#e1e6ed, #2d3644)", "hairlines"),
            ("frame", "var(--_line)", "the outer border"),
        ],
    ),
    (
        "Colours: inputs",
        &[
            ("input", "light-dark(#fff, #11161e)", "the background of inputs"),
            ("input-text", "var(--_text)", "the text of inputs"),
            ("input-border", "light-dark(#858f9f, #6c788b)", "the border of inputs"),
            ("input-hover", "light-dark(#556072, #a5b0c2)", "the border of an input under the pointer"),
        ],
    ),
    (
        "Colours: actions",
        &[
            ("accent", "light-dark(#2a4bc4, #a3b8ff)", "the primary button"),
            ("accent-hover", "light-dark(#1f3a9e, #bfceff)", "the primary button under the pointer"),
            ("on-accent", "light-dark(#fff, #0e1736)", "the text of the primary button"),
            ("link", "var(--_accent)", "the buttons inside inputs"),
            ("secondary", "transparent", "the background of secondary buttons"),
            ("secondary-text", "var(--_text)", "the text of secondary buttons"),
            ("secondary-border", "var(--_input-border)", "the border of secondary buttons"),
            ("focus", "var(--_accent)", "the focus ring"),
        ],
    ),
    (
        "Colours: outcomes and messages, each with a soft background",
        &[
            ("error", "light-dark(#b3261e, #ffa198)", "errors"),
            ("error-soft", "light-dark(#fdf2f1, #331b1d)", "the background of errors"),
            ("success", "light-dark(#0a6b49, #74dbab)", "a recorded payment"),
            ("success-soft", "light-dark(#e9f7f0, #14291f)", "the background of a recorded payment"),
            ("info", "light-dark(#44566f, #afc0d8)", "notices"),
            ("info-soft", "light-dark(#edf1f6, #1f2937)", "the background of notices"),
            ("warning", "light-dark(#7f4700, #ffcf70)", "an unknown outcome"),
            ("warning-soft", "light-dark(#fff6df, #2b2210)", "the background of an unknown outcome"),
            ("warning-fill", "light-dark(#ffbf3c, #f2b640)", "the mark and the border of an unknown outcome"),
            ("on-warning", "#2b1a00", "the text on the mark of an unknown outcome"),
        ],
    ),
    (
        "Shape",
        &[
            ("radius", ".5em", "the corners of inputs, buttons and panels"),
            ("frame-radius", ".875em", "the corners of the outer border"),
            ("border", "1px", "the width of input borders"),
            ("frame-border", "1px", "the width of the outer border"),
            ("shadow", "0 1px 2px #0f172a0f, 0 8px 24px -12px #0f172a24", "the shadow of the form"),
            ("input-shadow", "0 1px 2px #0f172a0d", "the shadow of inputs"),
            ("focus-width", "2px", "the width of the focus ring"),
            ("focus-offset", "2px", "the distance of the focus ring"),
        ],
    ),
    (
        "Space",
        &[
            ("padding", "clamp(1em, 5cqi, 2em)", "inside the outer border"),
            ("gap", "1em", "between two columns, and between two buttons"),
            ("row", "1.25em", "between fields"),
            ("section", "1.5em", "between heading, fields and actions"),
            ("near", ".375em", "between a label and its input"),
            ("size", "2.75em", "the height of inputs and buttons, never under 44px"),
            ("input-padding", ".75em", "inside an input"),
            ("button-padding", "1.25em", "inside a button"),
            ("panel-padding", "1em", "inside a panel"),
        ],
    ),
    (
        "Type",
        &[
            ("title-size", "1.3125em", "titles"),
            ("title-weight", "650", "the weight of titles"),
            ("label-size", ".9375em", "labels"),
            ("small-size", ".875em", "hints, errors and notices"),
            ("sentence-size", "1.0625em", "the sentence of the review and of the outcome"),
            ("strong", "600", "the weight of labels, buttons and amounts"),
            ("mark", "3em", "the size of an outcome's mark"),
            ("duration", ".16s", "the duration of transitions"),
            ("font", "inherit", "the font family"),
            ("font-size", "inherit", "the base size, which every other size follows"),
            ("line-height", "1.5", "the line height"),
        ],
    ),
];

/// Renders the top of www/remit.css: for each custom property, a variable with its value or its default.
pub(crate) fn render(style: &str) -> Result<String> {
    let section = |(title, properties): &(&str, &[CssProperty])| {
        let line = |(name, default, about): &(&str, &str, &str)| {
            format!("  --_{name}: var(--remit-{name}, {default}); /* {about} */\n")
        };
        format!("  /* {title} */\n{}", properties.iter().map(line).collect::<String>())
    };
    let all: String = SECTIONS.iter().map(section).collect();
    between(style, "/* properties:", "  /* /properties */", all.trim_end())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_style_sheet_uses_every_custom_property_and_no_other() {
        let style = std::fs::read_to_string(crate::project::root().join("www/remit.css")).unwrap();
        let used = |prefix: &str| {
            let names = style.split(prefix).skip(1);
            let name = |rest: &str| {
                rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap().to_owned()
            };
            names.map(name).collect::<BTreeSet<_>>()
        };
        let names = SECTIONS
            .iter()
            .flat_map(|(_, properties)| properties.iter().map(|(name, ..)| (*name).to_owned()));
        let names = names.collect::<BTreeSet<_>>();
        assert_eq!(used("var(--remit-"), names);
        assert!(names.is_subset(&used("var(--_")), "{:?}", names.difference(&used("var(--_")));
    }
}
