/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import java.util.regex.Pattern;

/**
 * What is read from a header that may hold a lookup of Log4j, as the Zeek package
 * corelight/cve-2021-44228 reads it. How a logger would resolve it is the business of {@link
 * io.podtap.sensor.notice.content.JndiText}.
 *
 * @param uri behind the last pair of slashes, up to a closing brace
 * @param stem the part of it in front of a slash
 * @param host the part of that in front of a colon
 * @param port behind the colon, or a dash
 */
record LookupParts(String uri, String stem, String host, String port) {

  private static final Pattern LOOKUP = Pattern.compile("\\$\\{[^@][^}]+:[^}]+\\}");

  /** Returns whether a text of a header has a lookup, and nothing that is not ASCII. */
  static boolean isIn(String text) {
    if (text.indexOf("${") < 0 || !LOOKUP.matcher(text).find()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  /** Reads the lookup of a header. */
  static LookupParts of(String text) {
    int slashes = text.lastIndexOf("//");
    String rest = slashes < 0 ? text : text.substring(slashes + 2);
    String uri = before(rest, '}');
    String stem = before(uri, '/');
    int colon = stem.indexOf(':');
    return new LookupParts(
        uri, stem, before(stem, ':'), colon < 0 ? "-" : stem.substring(colon + 1));
  }

  private static String before(String text, char end) {
    int at = text.indexOf(end);
    return at < 0 ? text : text.substring(0, at);
  }

  /**
   * Takes lookups inside of the first one out, each up to its colon, and leaves what they stand
   * for.
   */
  static String plain(String given) {
    String text = given.replace("::-", ":");
    StringBuilder kept = new StringBuilder(text.length());
    StringBuilder open = new StringBuilder(); // dollars, and braces behind dollars
    boolean isFirstSeen = false;
    boolean isLeftOut = false;
    boolean isLastKept = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isKept = true;
      if (c == '$') {
        open.append(c);
      } else if (c == '{') {
        if (last(open) == '$') {
          open.append(c);
        }
        if (isFirstSeen) {
          isLeftOut = true;
          if (isLastKept) {
            kept.setLength(kept.length() - 1); // the dollar in front of it
          }
        }
        isFirstSeen = true;
      } else if (c == ':' && isLeftOut) {
        isLeftOut = false;
        isKept = false;
      } else if (c == '}') {
        char brace = pop(open);
        isKept = !(pop(open) == '$' && brace == '{' && !open.isEmpty());
      }
      isLastKept = isKept && !isLeftOut;
      if (isLastKept) {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  private static char last(StringBuilder open) {
    return open.isEmpty() ? 0 : open.charAt(open.length() - 1);
  }

  private static char pop(StringBuilder open) {
    char c = last(open);
    open.setLength(Math.max(0, open.length() - 1));
    return c;
  }
}
