//! Who holds a token: name, entry, call, object, block, section, uses. Knows no provider.
