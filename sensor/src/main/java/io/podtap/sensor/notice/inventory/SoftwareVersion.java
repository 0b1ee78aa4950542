/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.log.LogSchema;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A product and its version, read from what it says of itself. Numbers are {@link LogSchema#UNSET}
 * where there are none.
 *
 * @see "Zeek's Software::parse"
 */
record SoftwareVersion(
    String name, long major, long minor, long minor2, long minor3, @Nullable String more) {

  /** What is longer is not read: the expressions are applied to text off the wire. */
  private static final int LENGTH_MAX = 1_024;

  private static final Pattern MOZILLA = Pattern.compile("^(?:Mozilla|Opera)/[0-9]+\\.");
  private static final Pattern PIXEL = Pattern.compile("A/[0-9.]*/Google/Pixel");
  private static final Pattern VERSION = Pattern.compile("(?:[/\\-_]| [(v]+)?[0-9\\-._, ]{2,}");
  private static final Pattern JUNK_AT_END = Pattern.compile("(?:[/\\-_]| [(v]+)$");
  private static final Pattern JUNK = Pattern.compile("[/\\-_]| [(v]+");
  private static final Pattern ESCAPED = Pattern.compile("(?:%|\\\\x)([0-9a-fA-F]{2})");
  private static final Pattern IN_PARENTHESES =
      Pattern.compile("^[ \\t]*\\(([a-zA-Z0-9\\-._ \\t]*)\\)");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final String NUMBER_ENDS = "-._,[({ ";
  private static final String MORE_ENDS = "-._,;[](){} ";
  private static final String LEADING = "/-._v(";

  /**
   * Where browsers hide their version: what shows the browser, its name, what holds the version.
   */
  private record Browser(Pattern sign, @Nullable String name, Pattern version) {

    static Browser of(String sign, @Nullable String name, String version) {
      return new Browser(Pattern.compile(sign), name, Pattern.compile(version));
    }
  }

  private static final Browser[] BROWSERS = {
    Browser.of("Opera [0-9.]*$", "Opera", "Opera [0-9.]*$"),
    Browser.of(" MSIE |Trident/", "MSIE", "MSIE [0-9]{1,2}\\.*[0-9]*b?[0-9]*"),
    Browser.of("Edge/", "Edge", "Edge/[0-9.]*"),
    Browser.of("Version/.*Safari/", "Safari", "Version/[0-9.]*"),
    Browser.of(
        "(?:Firefox|Netscape|Thunderbird)/[0-9.]*",
        null,
        "(?:Firefox|Netscape|Thunderbird)/[0-9.]*"),
    Browser.of("Chrome/.*Safari/", "Chrome", "Chrome/[0-9.]*"),
    Browser.of("^Opera/.*Opera Mini/", "Opera Mini", "Version/[0-9.]*|Opera Mini/[0-9.]*"),
    Browser.of("^Opera/.*Opera Mobi/", "Opera Mobi", "Version/[0-9.]*"),
    Browser.of("^Opera/", "Opera", "Version/[0-9.]*"),
    Browser.of("Flash%20Player", "Flash", "(?<=[/ ])[^/ ]*"),
    Browser.of("AdobeAIR/[0-9.]*", "AdobeAIR", "AdobeAIR/[0-9.]*"),
    Browser.of("AppleWebKit/[0-9.]*", "Unspecified WebKit", "AppleWebKit/[0-9.]*"),
    Browser.of(" Java/[0-9]\\.", "Java", "Java/[0-9._]*"),
  };

  private static final int TRIDENT_FIRST = 4;
  private static final int TRIDENT_LAST = 7;
  private static final Pattern TRIDENT = Pattern.compile("Trident/([4-7])\\.0");
  private static final Pattern MOBILE = Pattern.compile(" Mobile/?.* Safari");

  /** Reads what a program says of itself, one character a byte. */
  static SoftwareVersion parse(String given) {
    String text = given.length() > LENGTH_MAX ? given.substring(0, LENGTH_MAX) : given;
    if (MOZILLA.matcher(text).find()) {
      return browser(text);
    }
    if (PIXEL.matcher(text).find()) {
      int from = text.indexOf('/') + 1;
      SoftwareVersion inner = parse(text.substring(from, Math.max(from, text.indexOf('/', from))));
      return inner.named("Android (Google Pixel)");
    }
    return product(unescape(text));
  }

  private SoftwareVersion named(String other) {
    return new SoftwareVersion(other, major, minor, minor2, minor3, more);
  }

  private static SoftwareVersion none(String name) {
    return new SoftwareVersion(
        name, LogSchema.UNSET, LogSchema.UNSET, LogSchema.UNSET, LogSchema.UNSET, null);
  }

  private static SoftwareVersion browser(String text) {
    for (Browser browser : BROWSERS) {
      if (browser.sign().matcher(text).find()) {
        return browser(text, browser);
      }
    }
    return none("<unknown browser>");
  }

  private static SoftwareVersion browser(String text, Browser browser) {
    Matcher trident = TRIDENT.matcher(text);
    if ("MSIE".equals(browser.name()) && trident.find()) {
      int engine = trident.group(1).charAt(0) - '0';
      assert engine >= TRIDENT_FIRST && engine <= TRIDENT_LAST;
      return new SoftwareVersion("MSIE", engine + 4, 0, LogSchema.UNSET, LogSchema.UNSET, null);
    }
    Matcher version = browser.version().matcher(text);
    SoftwareVersion found = version.find() ? product(version.group()) : none("<unknown browser>");
    if ("Safari".equals(browser.name()) && MOBILE.matcher(text).find()) {
      found =
          new SoftwareVersion(
              found.name, found.major, found.minor, found.minor2, found.minor3, "Mobile");
    }
    return browser.name() == null ? found : found.named(browser.name());
  }

  /** Zeek resolves escapes before it looks for numbers. */
  private static String unescape(String text) {
    Matcher escaped = ESCAPED.matcher(text);
    StringBuilder plain = new StringBuilder();
    while (escaped.find()) {
      String character = String.valueOf((char) Integer.parseInt(escaped.group(1), 16));
      escaped.appendReplacement(plain, Matcher.quoteReplacement(character));
    }
    return escaped.appendTail(plain).toString();
  }

  private static SoftwareVersion product(String text) {
    Matcher version = VERSION.matcher(text);
    if (!version.find()) {
      return none(nameOf(text));
    }
    String name = nameOf(text.substring(0, version.start()));
    String rest = text.substring(version.end());
    String numbers = version.group().strip();
    if (!numbers.isEmpty() && LEADING.indexOf(numbers.charAt(0)) >= 0) {
      numbers = numbers.substring(1).strip();
    }
    String[] parts = parts(numbers, NUMBER_ENDS, 4);
    String more = null;
    if (parts[3] != null && parts.length > 4 && parts[4] != null && !parts[4].isEmpty()) {
      more = parts[4].strip();
    } else if (!rest.isEmpty() && !rest.equals(")")) {
      more = more(rest);
    }
    return new SoftwareVersion(
        name, number(parts[0]), number(parts[1]), number(parts[2]), number(parts[3]), more);
  }

  private static String nameOf(String text) {
    String name = text;
    if (JUNK_AT_END.matcher(name).find()) {
      name = JUNK.matcher(name).replaceFirst("").strip();
    }
    if (name.startsWith("(")) {
      name = name.substring(1);
    }
    name = name.strip();
    return name.equals("Flash Player") ? "Flash" : name;
  }

  private static String more(String rest) {
    Matcher inside = IN_PARENTHESES.matcher(rest);
    if (inside.find()) {
      return inside.group(1);
    }
    String[] parts = parts(rest, MORE_ENDS, 3);
    for (int i = 0; i < 3; i++) {
      String part = parts[i];
      if (part != null && !part.isEmpty()) {
        return part.strip();
      }
    }
    return rest.strip();
  }

  /** Splits at characters, at most so often; the part behind the last split is whole. */
  private static String[] parts(String text, String ends, int splits) {
    String[] all = new String[splits + 1];
    int from = 0;
    int count = 0;
    for (int i = 0; i < text.length() && count < splits; i++) {
      if (ends.indexOf(text.charAt(i)) >= 0) {
        all[count++] = text.substring(from, i);
        from = i + 1;
      }
    }
    all[count] = text.substring(from);
    return all;
  }

  /** The first number of a text; 0 for none, as in Zeek. */
  private static long number(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return LogSchema.UNSET;
    }
    Matcher number = NUMBER.matcher(text);
    if (!number.find()) {
      return 0;
    }
    String digits = number.group();
    return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  /** Returns the version as text: {@code 1.2.3-rc1}. */
  String version() {
    StringBuilder out = new StringBuilder();
    out.append(major == LogSchema.UNSET ? 0 : major);
    for (long number : new long[] {minor, minor2, minor3}) {
      if (number != LogSchema.UNSET) {
        out.append('.').append(number);
      }
    }
    return more == null ? out.toString() : out.append('-').append(more).toString();
  }

  /** Compares versions: a number that is not set is the lowest. */
  int compareVersion(SoftwareVersion other) {
    long[] own = {major, minor, minor2, minor3};
    long[] others = {other.major, other.minor, other.minor2, other.minor3};
    for (int i = 0; i < own.length; i++) {
      int order = Long.compare(own[i], others[i]);
      if (order != 0) {
        return order;
      }
    }
    String mine = more == null ? "" : more;
    String its = other.more == null ? "" : other.more;
    return mine.compareTo(its);
  }
}
