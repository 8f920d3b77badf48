//! How a list of cases becomes tests.

/// A test for each case of each noun.
macro_rules! cases {
    ($run:path; $($noun:ident { $($case:ident)* })*) => {
        $(mod $noun {
            $(#[test]
            fn $case() {
                $run(|ground| Box::pin($crate::conformance::$noun::$case(ground)));
            })*
        })*
    };
}

pub(crate) use cases;
