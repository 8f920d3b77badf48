//! The protobuf wire format: as much as OpenStreetMap uses.

/// The bytes are not what the format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the block is damaged")]
pub(in crate::osm) struct Broken;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes, which OpenStreetMap does not use.
    Fixed,
}

impl<'a> Field<'a> {
    pub(super) fn bytes(self) -> Result<&'a [u8], Broken> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) | Self::Fixed => Err(Broken),
        }
    }

    pub(super) fn number(self) -> Result<u64, Broken> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(_) | Self::Fixed => Err(Broken),
        }
    }

    /// A plain `int64` or `int32`: two's complement in 64 bits.
    pub(super) fn signed(self) -> Result<i64, Broken> {
        self.number().map(u64::cast_signed)
    }
}

/// The fields of a message, in the order in which they stand.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(Broken))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = varint(&mut self.0)?;
        let value = match key & 7 {
            0 => Field::Number(varint(&mut self.0)?),
            1 => self.take(8).map(|_| Field::Fixed)?,
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Field::Fixed)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

/// A packed list of numbers.
pub(super) struct Packed<'a>(pub(super) &'a [u8]);

impl Iterator for Packed<'_> {
    type Item = Result<u64, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let number = varint(&mut self.0);
        if number.is_none() {
            self.0 = &[];
        }
        Some(number.ok_or(Broken))
    }
}

impl<'a> Packed<'a> {
    /// Running sums of signed differences. A sum that overflows wraps: it is an id that nothing has.
    pub(super) fn deltas(self) -> impl Iterator<Item = Result<i64, Broken>> + use<'a> {
        let mut sum = 0_i64;
        self.map(move |number| {
            sum = sum.wrapping_add(zigzag(number?));
            Ok(sum)
        })
    }
}

/// A signed number that was folded so that small ones stay short.
pub(super) fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        assert_eq!(varint(&mut &[0x96, 0x01][..]), Some(150));
        assert_eq!(varint(&mut &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01][..]), Some(u64::MAX));
        assert_eq!(varint(&mut &[0x80; 11][..]), None);
        assert_eq!(varint(&mut &[0x80][..]), None);
        assert_eq!([0, 1, 2, 3, u64::MAX].map(zigzag), [0, -1, 1, -2, i64::MIN]);
        let deltas: Vec<_> = Packed(&[2, 2, 1]).deltas().collect();
        assert_eq!(deltas, [Ok(1), Ok(2), Ok(1)]);
    }

    #[test]
    fn fields_end_where_the_bytes_do() {
        let all: Vec<_> = Fields(&[0x08, 0x05, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0, 0]).collect();
        assert_eq!(all, [Ok((1, Field::Number(5))), Ok((2, Field::Bytes(b"hi"))), Ok((3, Field::Fixed))]);
        assert_eq!(Fields(&[0x12, 0x05, b'h']).collect::<Vec<_>>(), [Err(Broken)]);
        assert_eq!(Fields(&[0x0b]).collect::<Vec<_>>(), [Err(Broken)]);
    }
}
