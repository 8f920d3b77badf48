//! Device codes of networked video, GB/T 28181.

use super::{CodeError, digits};

const NAME: &str = "device code";

/// A device code of GB/T 28181 rule A: 20 digits. It names equipment, never a place; its parts read differently in
/// the editions of 2016 and 2022, so it stays opaque here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

/// The sample of every manual: a device that still carries it was never configured.
const SAMPLE: &str = "34020000001320000001";

impl DeviceId {
    /// Reads 20 digits; the manuals' sample code is refused.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        digits(NAME, text)?;
        if text.len() != 20 {
            return Err(CodeError::Length { code: NAME, expected: "20", got: text.len() });
        }
        if text == SAMPLE {
            return Err(CodeError::Part { code: NAME, reason: "this is the sample code of the manuals, not a device" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Digits 11–13: what kind of equipment (131 camera, 132 network camera, 134 alarm input, 137 loudspeaker…).
    pub fn type_code(&self) -> &str {
        self.0.get(10..13).unwrap_or_default()
    }

    /// Whether the type is a camera: 131 or 132, and since the edition of 2022 a video checkpoint (121) or a camera with
    /// several lenses (122). The editions do not give these numbers two meanings.
    pub fn is_camera(&self) -> bool {
        matches!(self.type_code(), "121" | "122" | "131" | "132")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_domain_note() {
        assert!(DeviceId::new("33030200001320000001").unwrap().is_camera());
        assert!(DeviceId::new("33038300011310000042").unwrap().is_camera());
        for kind in ["121", "122"] {
            assert!(DeviceId::new(&format!("3303020000{kind}0000001")).unwrap().is_camera(), "{kind} of 2022");
        }
        assert!(!DeviceId::new("33030200001230000001").unwrap().is_camera(), "a parking gate");
        assert_eq!(DeviceId::new("33030400111340000007").unwrap().type_code(), "134");
        assert_eq!(DeviceId::new("33030500141372000003").unwrap().type_code(), "137");
        assert!(!DeviceId::new("33030200009990000001").unwrap().is_camera(), "no such type");
        assert!(DeviceId::new("330302000000000160").is_err(), "rule B has 18 digits and is an alias only");
        assert!(DeviceId::new("3303020000132000001").is_err(), "19 digits");
        assert!(DeviceId::new("33030200001320A00001").is_err(), "a letter");
        assert!(DeviceId::new(SAMPLE).is_err(), "the sample");
    }
}
