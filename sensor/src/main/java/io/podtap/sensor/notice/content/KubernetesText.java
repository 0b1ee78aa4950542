/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes tokens of service accounts and Secrets: as JSON, also inside a text of JSON, as YAML,
 * as protobuf, by their keys in etcd, and in Base64.
 *
 * @see "RFC 7519 section 3 (JSON Web Token); k8s.io/api core/v1, generated.proto"
 */
public final class KubernetesText {

  /** How an object of JSON begins, in Base64: a brace and a quote. */
  static final String JSON = "eyJ";

  /** The same in Base64 once more, as in data of a Secret. */
  static final String JSON_TWICE = "ZXlK";

  /** How the usual manifest begins, {@code apiVersion: }, in Base64. */
  static final String YAML = "YXBpVmVyc2lvbjog";

  /** How the keys of Secrets begin in etcd. */
  static final String REGISTRY = "/registry/secrets/";

  private static final String ACCOUNT = "system:serviceaccount:";
  private static final String CLAIM = "kubernetes.io";
  private static final String KIND = "kind";
  private static final int CLAIMS_MAX = 2 << 10;
  private static final int NAME_MAX = 160;

  private KubernetesText() {}

  /**
   * Returns whose token begins at {@code at}: {@code system:serviceaccount:NAMESPACE:NAME}, or
   * {@code a service account} when the token was cut before the name; null for another token and
   * for what is none.
   */
  public static @Nullable String account(String text, int at) {
    int dot = endOfBase64(text, at);
    if (dot >= text.length() || text.charAt(dot) != '.') {
      return null;
    }
    String claims = decoded(text, dot + 1);
    int account = claims.indexOf(ACCOUNT);
    if (account >= 0) {
      return cut(claims, account);
    }
    return claims.contains(CLAIM) ? "a service account" : null;
  }

  /**
   * Returns what Base64 at {@code at} stands for, one character a byte; what is cut is left out.
   */
  static String decoded(String text, int at) {
    int end = endOfBase64(text, at);
    int length = end - at;
    boolean isCut = end == text.length();
    // a single character behind the fourth is no byte
    int whole = isCut || (length & 3) == 1 ? length & -4 : length;
    String encoded = text.substring(at, at + whole).replace('+', '-').replace('/', '_');
    return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
  }

  private static int endOfBase64(String text, int at) {
    int end = at;
    while (end < text.length() && end - at < CLAIMS_MAX && isBase64(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isBase64(char c) {
    return c < 128
        && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '+' || c == '/');
  }

  /** Returns the first Secret in a text, as {@link #secret(String, int)}, or null. */
  static @Nullable String anySecret(String text) {
    for (int at = text.indexOf("Secret"); at >= 0; at = text.indexOf("Secret", at + 1)) {
      String found = secret(text, at);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * Returns the name of the Secret whose kind stands at {@code at}, where the word Secret begins;
   * {@code Secret} alone when no name follows, or null when the word is something else.
   */
  public static @Nullable String secret(String text, int at) {
    boolean list = text.startsWith("SecretList", at);
    int end = at + (list ? 10 : 6);
    if (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
      return null;
    }
    boolean binary =
        end < text.length()
            && text.charAt(end) < ' '
            && text.substring(Math.max(0, at - 12), at).indexOf("k8s\0") >= 0;
    if (!binary && !(isValue(text, at, end) && isKind(text, at))) {
      return null;
    }
    return list ? "SecretList" : "Secret" + name(text, end);
  }

  /** Returns whether a value ends where it is said to: at its quote, or with its line. */
  private static boolean isValue(String text, int from, int end) {
    char before = from == 0 ? ' ' : text.charAt(from - 1);
    if (end == text.length()) {
      return true;
    }
    char after = text.charAt(end);
    boolean isQuoted = before == '"' || before == '\'';
    boolean isLineEnd = after == '\n' || after == '\r';
    return after == '\\' || (isQuoted ? after == before : isLineEnd);
  }

  /** Returns whether the key of JSON or YAML in front of a value is {@code kind}. */
  private static boolean isKind(String text, int value) {
    int colon = beforeQuotes(text, value);
    if (colon <= 0 || text.charAt(colon - 1) != ':') {
      return false;
    }
    int end = beforeQuotes(text, colon - 1);
    int start = end - KIND.length();
    return start >= 0 && text.startsWith(KIND, start) && (end < colon - 1 || isKey(text, start));
  }

  /** Returns whether a key without quotes begins its line; a line end may be escaped. */
  private static boolean isKey(String text, int start) {
    int line = start;
    while (line > 0 && (text.charAt(line - 1) == ' ' || text.charAt(line - 1) == '-')) {
      line--;
    }
    return line == 0
        || text.charAt(line - 1) == '\n'
        || isQuote(text.charAt(line - 1))
        || text.startsWith("\\n", line - 2);
  }

  /** Returns where quotes, their escapes and blanks in front of {@code at} begin. */
  private static int beforeQuotes(String text, int at) {
    int start = at;
    while (start > 0 && isQuote(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '\\' || c == ' ';
  }

  private static String name(String text, int from) {
    for (int at = text.indexOf("name", from); at >= 0; at = text.indexOf("name", at + 1)) {
      int value = at + 4;
      boolean hasColon = false;
      while (value < text.length() && (isQuote(text.charAt(value)) || text.charAt(value) == ':')) {
        hasColon |= text.charAt(value++) == ':';
      }
      if (hasColon && !isName(text.charAt(at - 1))) {
        return ' ' + cut(text, value);
      }
    }
    return "";
  }

  /** Returns the key under which etcd keeps a Secret, or null. */
  public static @Nullable String registry(String text) {
    int at = text.indexOf(REGISTRY);
    return at < 0 ? null : cut(text, at);
  }

  private static String cut(String text, int from) {
    int end = from;
    while (end < text.length() && end - from < NAME_MAX && isName(text.charAt(end))) {
      end++;
    }
    return text.substring(from, end);
  }

  private static boolean isName(char c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "-_.:/".indexOf(c) >= 0);
  }
}
