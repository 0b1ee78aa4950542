/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.ber.Element;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes as the text that Zeek makes of them. */
final class LdapText {

  private static final int GUID_BYTES = 16;
  private static final int SID_BYTES = 24;

  /** Where a GUID has its bytes in the order of its text; -1 for a hyphen. */
  private static final int[] GUID = {
    3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15
  };

  private LdapText() {}

  /** Returns a text in which every byte outside of printable ASCII is a question mark. */
  static String printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        char[] chars = text.toCharArray();
        for (int j = i; j < chars.length; j++) {
          chars[j] = chars[j] < ' ' || chars[j] > '~' ? '?' : chars[j];
        }
        return new String(chars);
      }
    }
    return text;
  }

  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Returns a value of a filter; some attributes of Active Directory have a form of their own. */
  static String value(String attribute, Element value) {
    Payload bytes = value.content();
    return switch (attribute) {
      case "DomainGuid" -> guid(bytes);
      case "objectSid", "AAC" -> HexFormat.ofDelimiter(":").formatHex(bytes.copy(0, 4 << 10));
      case "DomainSid" -> sid(bytes);
      case "NtVer" ->
          bytes.length() == Integer.BYTES
              ? "0x" + HexFormat.of().toHexDigits((int) bytes.u32Little(0))
              : "HEX_FORMAT_FAILED";
      default -> escaped(value.text());
    };
  }

  private static String guid(Payload bytes) {
    if (bytes.length() != GUID_BYTES) {
      return "GUID_FORMAT_FAILED";
    }
    StringBuilder text = new StringBuilder();
    for (int at : GUID) {
      if (at < 0) {
        text.append('-');
      } else {
        HexFormat.of().toHexDigits(text, (byte) bytes.u8(at));
      }
    }
    return text.toString();
  }

  /** Revision, authority, four numbers with the least significant byte first. */
  private static String sid(Payload bytes) {
    if (bytes.length() != SID_BYTES) {
      return "SID_FORMAT_FAILED";
    }
    StringBuilder text = new StringBuilder("S-").append(bytes.u8(0));
    text.append('-').append((long) bytes.u16(2) << 32 | bytes.u32(4));
    for (int at = 8; at < SID_BYTES; at += Integer.BYTES) {
      text.append('-').append(bytes.u32Little(at));
    }
    return text.toString();
  }

  /** Returns a value with what means something in a filter as backslash and two digits. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case 0, 27, '(', ')', '*' -> {
          out.append('\\');
          HexFormat.of().toHexDigits(out, (byte) c);
        }
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
