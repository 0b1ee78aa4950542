/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds a JNDI lookup in text, as a logger with message lookups would resolve it: lookups inside
 * lookups, defaults ({@code ${::-j}}), changes of case, Base64, percent and Unicode escapes.
 *
 * @see "Log4j 2 manual, Lookups and Property Substitution; CVE-2021-44228"
 */
public final class JndiText {

  /** Characters that are looked at. */
  static final int LENGTH_MAX = 4 << 10;

  private static final int LOOKUPS_MAX = 256;
  private static final int ESCAPES_MAX = 3;
  private static final int SHOWN_MAX = 200;
  private static final String FOUND = "jndi:";

  /** U+0131 in UTF-8, one character a byte: in upper case it is an ordinary I. */
  private static final String DOTLESS_I = "\u00c4\u00b1";

  private JndiText() {}

  /**
   * Returns the resolved lookup without its brackets, such as {@code jndi:ldap://host:1389/a}, or
   * null when there is none.
   */
  public static @Nullable String find(String text) {
    String plain = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) : text;
    for (int i = 0; i <= ESCAPES_MAX; i++) {
      String found = plain.contains("${") ? resolve(plain) : null;
      if (found != null) {
        return found;
      }
      String less = unescape(plain);
      if (less.equals(plain)) {
        return null;
      }
      plain = less;
    }
    return null;
  }

  private static @Nullable String resolve(String text) {
    StringBuilder rest = new StringBuilder(text);
    for (int i = 0; i < LOOKUPS_MAX; i++) {
      int end = rest.indexOf("}");
      int start = end < 0 ? -1 : rest.lastIndexOf("${", end);
      if (end < 0) {
        break;
      }
      if (start < 0) {
        rest.setCharAt(end, ' '); // closes nothing
        continue;
      }
      String lookup = rest.substring(start + 2, end);
      if (isJndi(lookup)) {
        return shown(lookup);
      }
      rest.replace(start, end + 1, value(lookup));
    }
    return unfinished(rest);
  }

  /** Finds a lookup whose end was cut off. */
  private static @Nullable String unfinished(StringBuilder rest) {
    for (int at = rest.lastIndexOf("${"); at >= 0; at = rest.lastIndexOf("${", at - 1)) {
      String lookup = rest.substring(at + 2);
      if (isJndi(lookup)) {
        return shown(firstWord(lookup));
      }
    }
    return null;
  }

  private static String firstWord(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '"') {
      end++;
    }
    return text.substring(0, end);
  }

  private static boolean isJndi(String lookup) {
    return lookup.regionMatches(/* ignoreCase= */ true, leading(lookup), FOUND, 0, FOUND.length());
  }

  private static int leading(String lookup) {
    int at = 0;
    while (at < lookup.length() && (lookup.charAt(at) <= ' ' || lookup.charAt(at) == '$')) {
      at++;
    }
    return at;
  }

  private static String shown(String lookup) {
    String found = lookup.substring(leading(lookup));
    return found.length() > SHOWN_MAX ? found.substring(0, SHOWN_MAX) : found;
  }

  /** Returns what a lookup that is not JNDI stands for; an unknown one stays without brackets. */
  private static String value(String lookup) {
    int marked = lookup.indexOf(":-");
    if (marked >= 0) {
      return lookup.substring(marked + 2);
    }
    int colon = lookup.indexOf(':');
    String name = colon < 0 ? "" : lookup.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String argument = lookup.substring(colon + 1);
    return switch (name) {
      case "lower" -> argument.toLowerCase(Locale.ROOT);
      case "upper" -> argument.replace(DOTLESS_I, "I").toUpperCase(Locale.ROOT);
      case "date" -> argument.replace("'", "");
      case "base64" -> base64(argument);
      default -> lookup;
    };
  }

  private static String base64(String text) {
    try {
      return new String(
          Base64.getMimeDecoder().decode(text.replace('-', '+').replace('_', '/')),
          StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return text; // not Base64: the lookup stays as it is written
    }
  }

  /** Resolves one layer of percent escapes and of JSON and Java ({@code u} with four digits). */
  static String unescape(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      int value = -1;
      int digits = 0;
      if (c == '%' && at + 1 < text.length() && text.charAt(at + 1) == 'u') {
        digits = 5;
        value = hex(text, at + 2, digits - 1);
      } else if (c == '%') {
        digits = 2;
        value = hex(text, at + 1, digits);
      } else if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == 'u') {
        digits = 5;
        value = hex(text, at + 2, digits - 1);
      }
      if (value >= 0) {
        plain.append((char) value);
        at += digits;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static int hex(String text, int from, int count) {
    if (from + count > text.length()) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + count; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /**
   * Returns the host and port that a lookup leads to, {@code host:port} or {@code host}, or null
   * when it names none.
   */
  public static @Nullable String target(String lookup) {
    int slashes = lookup.indexOf("//");
    if (slashes < 0) {
      return null;
    }
    int start = slashes + 2;
    int end = start;
    while (end < lookup.length() && "/?# }".indexOf(lookup.charAt(end)) < 0) {
      end++;
    }
    int at = lookup.lastIndexOf('@', end - 1);
    start = at >= start ? at + 1 : start;
    return start < end ? lookup.substring(start, end) : null;
  }
}
