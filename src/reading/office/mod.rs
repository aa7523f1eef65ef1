//! Office documents: ZIP files with XML parts.
//!
//! A paragraph is a line; empty ones are left out. A row of a table whose cells
//! hold one line each is one line, with tabs between the cells; else the cells'
//! lines follow each other, so that the block of lines in a masthead's cell stays
//! lines. Tracked changes read as accepted. Numbers that the office program
//! generates for list items are not in the lines.

pub(super) mod docx;
mod flow;
mod notes;
pub(super) mod odt;
mod package;
#[cfg(test)]
mod tests;
mod xml;

use flow::Flow;
use notes::Reservations;
use package::Package;
use xml::{Element, Event, Xml};
