//! Published cells of people: to be filled.
