//! Reading a state that is spelled exactly as offersync writes it: line by line, together with the digest of its bytes.
//!
//! Owns the grammar of the canonical text. Nearly every state is canonical; for these the digest takes no second
//! serialization, and the text is never whole in memory. Everything else, be it a single space, is left to
//! [`reading`](super::reading), which accepts every spelling and knows every reason to refuse a text. Invariant: a document
//! is returned only if its canonical bytes are the bytes that were read, but for the digest, which older versions did not write. Each line is therefore compared with what the
//! writer would write for the value that was read from it.

mod literal;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read};

use self::literal::{lineage, member, offer_id, revision, string, timestamp, value};
use super::digest::{self, Digests, Hashing};
use super::document::{FORMAT, StateDocument, VERSION};
use super::reading::repeated_id;
use crate::offer::{
    Field, FieldSet, Fields, Key, OfferId, Record, RecordStatus, Recorded, Replaced, Revision, Revisions, StatusWord,
    Unsettled,
};

/// The digest is fastest over long pieces, because blake3 hashes many chunks at once.
const BUFFER: usize = 1 << 18;

/// A canonical text, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CanonicalText {
    pub(super) document: StateDocument,
    pub(super) digests: Digests,
}

/// `None` where the text is not canonical, and where it says a wrong digest.
pub(super) fn read(input: impl Read) -> io::Result<Option<CanonicalText>> {
    let input = HashingReader { input, hashing: Hashing::new() };
    let mut lines = Lines { input: BufReader::with_capacity(BUFFER, input), line: Vec::new() };
    match lines.document() {
        Ok((document, said)) => {
            let digests = lines.input.into_inner().hashing.check(said.as_deref());
            Ok(digests.map(|digests| CanonicalText { document, digests }))
        }
        Err(Stop::NotCanonical) => Ok(None),
        Err(Stop::Io(error)) => Err(error),
    }
}

/// Why reading ended early.
enum Stop {
    NotCanonical,
    Io(io::Error),
}

type Reading<T> = Result<T, Stop>;

fn canonical<T>(part: Option<T>) -> Reading<T> {
    part.ok_or(Stop::NotCanonical)
}

/// Hashes what is read through it.
struct HashingReader<R> {
    input: R,
    hashing: Hashing,
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.hashing.push(&buffer[..length], |_| Ok(()))?;
        Ok(length)
    }
}

struct Lines<R> {
    input: BufReader<HashingReader<R>>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The next line, without its line feed.
    fn next(&mut self) -> Reading<&str> {
        self.line.clear();
        self.input.read_until(b'\n', &mut self.line).map_err(Stop::Io)?;
        canonical(self.line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok()))
    }

    fn expect(&mut self, line: &str) -> Reading<()> {
        canonical((self.next()? == line).then_some(()))
    }

    /// The document, and the digest that the text says.
    fn document(&mut self) -> Reading<(StateDocument, Option<String>)> {
        self.expect("{")?;
        self.expect(&format!("  \"format\": \"{FORMAT}\","))?;
        self.expect(&format!("  \"version\": {VERSION},"))?;
        let lineage = canonical(lineage(self.next()?))?;
        let cake = canonical(member(self.next()?, "  \"cake\": ").and_then(string))?.into_owned();
        let mut line = self.next()?;
        let mut revisions = Revisions::default();
        if line == "  \"revisions\": {" {
            revisions = self.revisions()?;
            line = self.next()?;
        }
        let (offers, is_last) = match line {
            "  \"offers\": {}" => (BTreeMap::new(), true),
            "  \"offers\": {}," => (BTreeMap::new(), false),
            "  \"offers\": {" => self.offers()?,
            _ => return Err(Stop::NotCanonical),
        };
        let said = if is_last { None } else { Some(canonical(digest::of_line(self.next()?))?.to_owned()) };
        self.expect("}")?;
        let is_end = self.input.fill_buf().map_err(Stop::Io)?.is_empty();
        let recorded = Recorded { offers, in_doubt: BTreeMap::new(), revisions };
        canonical(is_end.then_some((StateDocument { lineage, cake, recorded }, said)))
    }

    /// The members of the object, sorted by id, and its end.
    fn revisions(&mut self) -> Reading<Revisions> {
        let mut revisions: Vec<(OfferId, Revision)> = Vec::new();
        loop {
            let line = self.next()?;
            let (pair, is_last) = line.strip_suffix(',').map_or((line, true), |pair| (pair, false));
            let pair = pair.strip_prefix("    \"").and_then(|pair| pair.split_once("\": "));
            let (id, text) = canonical(pair.and_then(|(id, text)| Some((offer_id(id)?, text))))?;
            let revision = canonical(revision(text))?;
            canonical(revisions.last().is_none_or(|(last, _)| *last < id).then_some(()))?;
            revisions.push((id, revision));
            if is_last {
                break;
            }
        }
        self.expect("  },")?;
        Ok(revisions.into_iter().collect())
    }

    /// Sorted by key; an id that is there twice is the other reader's to report. Also whether they are the last member.
    fn offers(&mut self) -> Reading<(BTreeMap<Key, Record>, bool)> {
        let mut offers: Vec<(Key, Record)> = Vec::new();
        loop {
            let text = self.next()?.strip_prefix("    \"").and_then(|rest| rest.strip_suffix("\": {"));
            let key = canonical(text.and_then(|text| Key::new(text).ok()))?;
            if offers.last().is_some_and(|(last, _)| *last >= key) {
                return Err(Stop::NotCanonical);
            }
            offers.push((key, self.record()?));
            match self.next()? {
                "    }," => {}
                "    }" => break,
                _ => return Err(Stop::NotCanonical),
            }
        }
        let is_last = match self.next()? {
            "  }" => true,
            "  }," => false,
            _ => return Err(Stop::NotCanonical),
        };
        canonical(repeated_id(&offers).is_none().then(|| (offers.into_iter().collect(), is_last)))
    }

    fn record(&mut self) -> Reading<Record> {
        let offer_id = canonical(member(self.next()?, "      \"offer_id\": ").and_then(offer_id))?;
        let status = match self.next()? {
            "      \"status\": \"live\"," => RecordStatus::Live,
            "      \"status\": \"retired\"," => RecordStatus::Retired,
            _ => return Err(Stop::NotCanonical),
        };
        let (mut protect, mut replaced, mut unsettled, mut status_word) = (false, Vec::new(), None, None);
        let mut line = self.next()?;
        if line == "      \"protect\": true," {
            protect = true;
            line = self.next()?;
        }
        if line == "      \"replaced\": [" {
            replaced = self.replaced()?;
            line = self.next()?;
        }
        if line == "      \"unsettled\": {" {
            unsettled = Some(self.unsettled("      ")?);
            self.expect("      },")?;
            line = self.next()?;
        }
        if let Some(literal) = member(line, "      \"status_word\": ") {
            status_word = Some(canonical(string(literal).and_then(|word| StatusWord::try_from(Box::from(word)).ok()))?);
            line = self.next()?;
        }
        let fields = match line {
            "      \"fields\": {}" => Fields::default(),
            "      \"fields\": {" => self.fields("      ")?,
            _ => return Err(Stop::NotCanonical),
        };
        Ok(Record { offer_id, status, protect, replaced, unsettled, status_word, fields })
    }

    fn replaced(&mut self) -> Reading<Vec<Replaced>> {
        let mut replaced = Vec::new();
        loop {
            self.expect("        {")?;
            let offer_id = canonical(member(self.next()?, "          \"offer_id\": ").and_then(offer_id))?;
            let (inactive, mut has_more) = match self.next()? {
                "          \"inactive\": true" => (true, false),
                "          \"inactive\": false" => (false, false),
                "          \"inactive\": true," => (true, true),
                "          \"inactive\": false," => (false, true),
                _ => return Err(Stop::NotCanonical),
            };
            let (mut unsettled, mut fields) = (None, Fields::default());
            let mut line = self.next()?;
            if has_more && line == "          \"unsettled\": {" {
                unsettled = Some(self.unsettled("          ")?);
                has_more = match self.next()? {
                    "          }," => true,
                    "          }" => false,
                    _ => return Err(Stop::NotCanonical),
                };
                line = self.next()?;
            }
            if has_more {
                canonical((line == "          \"fields\": {").then_some(()))?;
                fields = self.fields("          ")?;
                line = self.next()?;
            }
            let is_last = match line {
                "        }," => false,
                "        }" => true,
                _ => return Err(Stop::NotCanonical),
            };
            replaced.push(Replaced { offer_id, inactive, unsettled, fields });
            if is_last {
                break;
            }
        }
        self.expect("      ],")?;
        Ok(replaced)
    }

    /// The members of an object that begins with this indentation, without its end.
    fn unsettled(&mut self, indentation: &str) -> Reading<Unsettled> {
        let sent_at = self.next()?.strip_prefix(indentation).and_then(|rest| member(rest, "  \"sent_at\": "));
        let sent_at = canonical(sent_at.and_then(timestamp))?;
        self.expect(&format!("{indentation}  \"fields\": ["))?;
        let mut fields = FieldSet::default();
        let mut in_order = Field::ALL.into_iter();
        loop {
            let line = self.next()?;
            let (literal, is_last) = line.strip_suffix(',').map_or((line, true), |literal| (literal, false));
            let literal = literal.strip_prefix(indentation).and_then(|rest| rest.strip_prefix("    \""));
            let name = canonical(literal.and_then(|rest| rest.strip_suffix('"')))?;
            fields.insert(canonical(in_order.find(|field| field.name() == name))?);
            if is_last {
                break;
            }
        }
        self.expect(&format!("{indentation}  ]"))?;
        // Updates that wait are rare: such a state is read the other way.
        Ok(Unsettled { sent_at, fields, waiting: Vec::new() })
    }

    /// The members of an object of values, which begins with this indentation, and its end.
    fn fields(&mut self, indentation: &str) -> Reading<Fields> {
        let mut fields = Fields::default();
        let mut in_order = Field::BY_NAME.into_iter();
        loop {
            let line = self.next()?;
            let (pair, is_last) = line.strip_suffix(',').map_or((line, true), |pair| (pair, false));
            let pair = pair.strip_prefix(indentation).and_then(|pair| pair.strip_prefix("  \""));
            let (name, literal) = canonical(pair.and_then(|pair| pair.split_once("\": ")))?;
            let field = canonical(in_order.find(|field| field.name() == name))?;
            fields.set(field, canonical(value(field, literal))?);
            if is_last {
                break;
            }
        }
        canonical((self.next()?.strip_prefix(indentation) == Some("}")).then_some(fields))
    }
}
