//! Protocol buffers, as far as a tile has them: numbered fields of four wire types.

use super::Rule;

/// What a field holds, by its wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held<'a> {
    /// A varint.
    Number(u64),
    /// Eight bytes.
    Eight([u8; 8]),
    /// Bytes with their length.
    Bytes(&'a [u8]),
    /// Four bytes.
    Four([u8; 4]),
}

/// The fields of a message in their order.
pub(super) fn fields(mut rest: &[u8]) -> Result<Vec<(u64, Held<'_>)>, Rule> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let held = match tag & 7 {
            0 => Held::Number(varint(&mut rest)?),
            1 => Held::Eight(fixed(&mut rest)?),
            2 => {
                let length = usize::try_from(varint(&mut rest)?).map_err(|_long| Rule::Wire)?;
                let (bytes, behind) = rest.split_at_checked(length).ok_or(Rule::Wire)?;
                rest = behind;
                Held::Bytes(bytes)
            }
            5 => Held::Four(fixed(&mut rest)?),
            _ => return Err(Rule::Wire),
        };
        if tag >> 3 == 0 {
            return Err(Rule::Wire);
        }
        fields.push((tag >> 3, held));
    }
    Ok(fields)
}

/// A packed list of 32-bit numbers.
pub(super) fn packed(mut rest: &[u8]) -> Result<Vec<u32>, Rule> {
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        numbers.push(u32::try_from(varint(&mut rest)?).map_err(|_large| Rule::Wire)?);
    }
    Ok(numbers)
}

fn varint(rest: &mut &[u8]) -> Result<u64, Rule> {
    let mut number = 0_u64;
    for nth in 0..10 {
        let (byte, behind) = rest.split_first().ok_or(Rule::Wire)?;
        *rest = behind;
        let low = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if nth == 9 && *byte > 1 {
            return Err(Rule::Wire);
        }
        number |= low << (7 * nth);
        if *byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Rule::Wire)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Rule> {
    let (bytes, behind) = rest.split_first_chunk::<N>().ok_or(Rule::Wire)?;
    *rest = behind;
    Ok(*bytes)
}
