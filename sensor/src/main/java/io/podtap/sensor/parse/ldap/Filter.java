/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.ber.Element;
import org.jspecify.annotations.Nullable;

/**
 * Writes a search's filter as text.
 *
 * @see "RFC 4511 section 4.5.1.7; RFC 4515 section 3"
 */
final class Filter {

  /** Filters inside one another: a deeper one is Zeek's reason to give up. */
  private static final int DEPTH_MAX = 20;

  private static final int LENGTH_MAX = 8 << 10;

  private boolean isInvalid;

  private Filter() {}

  /** Returns the text, or null for what is no filter, or too deep. */
  static @Nullable String text(Element element) {
    Filter filter = new Filter();
    String text = filter.text(element, 0);
    if (filter.isInvalid) {
      return null;
    }
    return text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) : text;
  }

  private String text(Element element, int depth) {
    if (depth > DEPTH_MAX) {
      isInvalid = true;
      return "";
    }
    Payload content = element.content();
    return switch (element.tag()) {
      case 0xA0 -> all('&', content, depth);
      case 0xA1 -> all('|', content, depth);
      case 0xA2 -> "(!" + text(Element.take(content), depth + 1) + ')';
      case 0xA3 -> pair("=", content);
      case 0xA4 -> substrings(content);
      case 0xA5 -> pair(">=", content);
      case 0xA6 -> pair("<=", content);
      case 0x87 -> '(' + element.text() + "=*)";
      case 0xA8 -> pair("~=", content);
      case 0xA9 -> extensible(content);
      case -1 -> ""; // the message was cut
      default -> {
        isInvalid = true;
        yield "";
      }
    };
  }

  /** Two at a time, as Zeek writes it: (&amp;(&amp;(a)(b))(c)). */
  private String all(char sign, Payload content, int depth) {
    String text = content.isEmpty() ? "" : text(Element.take(content), depth + 1);
    boolean alone = true;
    if (text.isEmpty()) {
      return "";
    }
    while (!content.isEmpty() && text.length() < LENGTH_MAX) {
      text = "(" + sign + text + text(Element.take(content), depth + 1) + ')';
      alone = false;
    }
    return alone ? "(" + sign + text + ')' : text;
  }

  private static String pair(String sign, Payload content) {
    String name = Element.take(content).text();
    return '(' + name + sign + LdapText.value(name, Element.take(content)) + ')';
  }

  private static String substrings(Payload content) {
    StringBuilder text = new StringBuilder("(").append(Element.take(content).text()).append('=');
    Payload parts = Element.take(content).content();
    boolean open = false;
    while (!parts.isEmpty() && text.length() < LENGTH_MAX) {
      Element part = Element.take(parts);
      text.append(part.tag() == 0x80 ? "" : "*").append(LdapText.escaped(part.text()));
      open = part.tag() != 0x82;
    }
    return text.append(open ? "*" : "").append(')').toString();
  }

  /** RFC 4511: [1] rule, [2] attribute, [3] value, [4] whether parts of the name count. */
  private static String extensible(Payload content) {
    String rule = "";
    String name = "";
    String value = "";
    String whole = "";
    while (!content.isEmpty()) {
      Element part = Element.take(content);
      switch (part.tag()) {
        case 0x81 -> rule = ':' + part.text();
        case 0x82 -> name = part.text();
        case 0x83 -> value = part.text();
        case 0x84 -> whole = part.number() != 0 ? ":dn" : "";
        default -> {}
      }
    }
    return '(' + name + whole + rule + ":=" + value + ')';
  }
}
