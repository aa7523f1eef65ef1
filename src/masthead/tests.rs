//! Whole openings of made-up documents.
