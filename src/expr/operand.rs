//! Reads what is compared: the operand on the left, and a value or another operand on the right.

use rust_decimal::Decimal;

use crate::diagnostic::closest;
use crate::offer::{Field, FieldKind, Value};

use super::condition::{Comparison, Operand, Right, Side, UrlPart};
use super::parser::{ParseError, Parsed, Parser, RefusedValue};
use super::text::bare_length;

impl<'a> Parser<'a> {
    /// The operand, and the name by which its field is called.
    pub(super) fn operand(&mut self) -> Parsed<(Operand, String)> {
        self.skip_space();
        let begin = self.at;
        let mut side = Side::Now;
        if self.rest().starts_with("was.") {
            self.at += "was.".len();
            side = Side::Was;
        } else if self.eat_word("change") {
            self.expect("(")?;
            side = Side::Change;
        }
        let (field, called) = self.field()?;
        if side == Side::Change {
            self.expect(")")?;
        }
        if side != Side::Now && !self.vocabulary.has_was {
            let message = "each offer has one value of a field here, which is compared with no other";
            let help = Some("leave `was.` and `change()` out".to_owned());
            return Err(ParseError { help, ..ParseError::at(begin..self.at, message) });
        }
        let part = self.part(field, side)?;
        Ok((Operand { side, field, part }, called))
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn field(&mut self) -> Parsed<(Field, String)> {
        self.skip_space();
        let begin = self.at;
        let name = self.name();
        let span = begin..self.at;
        if name.is_empty() {
            self.at = begin;
            return Err(self.error_here("expected the name of a field"));
        }
        let found = Field::ALL.into_iter().find(|field| field.name() == name || field.by_name() == Some(name));
        let help = || {
            let close = closest(name, Field::ALL.into_iter().map(Field::name));
            close.map(|close| format!("did you mean `{close}`?"))
        };
        let unknown = || ParseError { help: help(), ..ParseError::at(span, format!("unknown field `{name}`")) };
        found.map(|field| (field, name.to_owned())).ok_or_else(unknown)
    }

    fn part(&mut self, field: Field, side: Side) -> Parsed<Option<UrlPart>> {
        if !self.rest().starts_with('.') {
            return Ok(None);
        }
        let begin = self.at;
        self.at += 1;
        if field.kind() != FieldKind::Url || side == Side::Change {
            return Err(ParseError::at(begin..self.at, format!("`{field}` has no parts; only a URL has")));
        }
        match self.name() {
            "host" => Ok(Some(UrlPart::Host)),
            "path" => Ok(Some(UrlPart::Path)),
            "query" if self.rest().starts_with('.') => {
                let rest = &self.rest()[1..];
                let length = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
                self.at += 1 + length;
                Ok(Some(UrlPart::Query(Box::from(&rest[..length]))))
            }
            _ => Err(ParseError::at(begin..self.at, "a URL has the parts `.host`, `.path` and `.query.NAME`")),
        }
    }

    pub(super) fn right(
        &mut self,
        left: &Operand,
        called: &str,
        comparison: Comparison,
        in_list: bool,
    ) -> Parsed<Right> {
        self.skip_space();
        let is_quoted = self.rest().starts_with(['"', '\'']);
        if !is_quoted && let Some(right) = self.other_operand(left, in_list)? {
            return Ok(right);
        }
        let (text, span) = self.literal(in_list)?;
        if left.side == Side::Change {
            return amount(&text)
                .ok_or_else(|| ParseError::at(span, "expected an amount such as 5, or a share such as 10 %"));
        }
        if left.part.is_some() || comparison.is_of_text() {
            let text = match left.part {
                Some(UrlPart::Host) => host_form(&text, comparison.is_of_text()),
                _ => text,
            };
            return Ok(Right::Text(text.into()));
        }
        let read = (self.vocabulary.read)(left.field, called, &text);
        let refused = |RefusedValue { message, help }| ParseError { message, help, span };
        read.map(Right::Value).map_err(refused)
    }

    /// Another operand to compare with. A text that is a field's name is that text, unless a URL or a number is wanted.
    fn other_operand(&mut self, left: &Operand, in_list: bool) -> Parsed<Option<Right>> {
        let begin = self.at;
        let bare = self.rest()[..bare_length(self.rest(), in_list)].trim();
        let first = bare.split('.').next().unwrap_or_default();
        let is_field = Field::from_name(first).is_some_and(|field| field.kind() == left.field.kind());
        let is_of_text = matches!(left.field.kind(), FieldKind::Name | FieldKind::Text) || left.part.is_some();
        if !bare.starts_with("was.") && (!is_field || is_of_text) {
            return Ok(None);
        }
        let (operand, _) = self.operand()?;
        let span = begin..self.at;
        if self.at != begin + bare.len() {
            return Err(ParseError::at(begin..begin + bare.len(), "put a value with spaces or signs in quotes"));
        }
        let is_alike = operand.field.kind() == left.field.kind() && operand.part.is_some() == left.part.is_some();
        if left.side == Side::Change || !is_alike {
            return Err(ParseError::at(span, format!("`{left}` cannot be compared with `{operand}`")));
        }
        Ok(Some(Right::Operand(operand)))
    }
}

/// The text in the form that hosts of URLs are compared in; of a part of one, no more than the case is known.
fn host_form(text: &str, is_part: bool) -> String {
    let whole = if is_part { None } else { Field::OfferUrl.parse(&format!("https://{text}/")).ok() };
    let host = if let Some(Value::Url(url)) = whole { url.host() } else { None };
    let host = host.unwrap_or_else(|| text.to_lowercase());
    if is_part { host } else { host.trim_end_matches('.').to_owned() }
}

/// Whether the operand is a text.
pub(super) fn is_text(operand: &Operand) -> bool {
    let kind = operand.field.kind();
    operand.side != Side::Change && matches!(kind, FieldKind::Name | FieldKind::Text | FieldKind::Url)
}

/// Why the comparison is not possible, if it is not.
pub(super) fn check(left: &Operand, called: &str, comparison: Comparison) -> Result<(), String> {
    let kind = left.field.kind();
    if left.side == Side::Change && kind != FieldKind::Money {
        return Err(format!("`{left}` says whether it changes; only the change of an amount can be compared"));
    }
    let is_number =
        left.part.is_none() && matches!(kind, FieldKind::Money | FieldKind::Hours | FieldKind::Date | FieldKind::Id);
    if comparison.is_order() && !is_number {
        return Err(format!("`{called}` can only be compared with == and !="));
    }
    if comparison.is_of_text() && !is_text(left) {
        return Err(format!("`{called}` is no text"));
    }
    Ok(())
}

/// `5`, `-2.50`, `10 %`.
fn amount(text: &str) -> Option<Right> {
    let (digits, is_percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits.trim_end(), true));
    let plain = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    // The same plain digits as in YAML: no exponent, no separators.
    let amount = Field::Payout.parse(plain).ok()?.as_money()?.decimal();
    let amount: Decimal = if digits.starts_with('-') { -amount } else { amount };
    Some(if is_percent { Right::Percent(amount) } else { Right::Amount(amount) })
}
