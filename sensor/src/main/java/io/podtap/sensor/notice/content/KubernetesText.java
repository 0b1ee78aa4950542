/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes what only the API server and its clients should see: tokens of service accounts, and
 * Secrets as JSON, as YAML, in the API's binary form and as etcd keeps them.
 */
public final class KubernetesText {

  /** How the head of a token begins, in Base64: a brace and {@code "alg":}. */
  static final String TOKEN = "eyJhbGciOi";

  private static final String ACCOUNT = "system:serviceaccount:";
  private static final String CLAIM = "kubernetes.io";
  private static final String REGISTRY = "/registry/secrets/";
  private static final int CLAIMS_MAX = 2 << 10;
  private static final int NAME_MAX = 160;

  private KubernetesText() {}

  /**
   * Returns whose token stands at {@code at}: {@code system:serviceaccount:NAMESPACE:NAME}, or
   * {@code a service account} when the token was cut before the name; null for another token.
   */
  public static @Nullable String account(String text, int at) {
    int dot = text.indexOf('.', at);
    if (dot < 0) {
      return null;
    }
    int end = dot + 1;
    while (end < text.length() && end - dot < CLAIMS_MAX && isBase64(text.charAt(end))) {
      end++;
    }
    int length = end - dot - 1;
    boolean whole = end < text.length() && text.charAt(end) == '.';
    String encoded = text.substring(dot + 1, whole ? end : dot + 1 + (length & -4));
    String claims;
    try {
      claims = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return null; // not Base64, so no token
    }
    int account = claims.indexOf(ACCOUNT);
    if (account >= 0) {
      return cut(claims, account);
    }
    return claims.contains(CLAIM) ? "a service account" : null;
  }

  private static boolean isBase64(char c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
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
    String before = text.substring(Math.max(0, at - 12), at);
    boolean json = before.endsWith("\"kind\":\"") || before.endsWith("\"kind\": \"");
    boolean yaml = before.endsWith("kind: ");
    boolean binary = before.indexOf("k8s\0") >= 0 && end < text.length() && text.charAt(end) < ' ';
    if (!json && !yaml && !binary) {
      return null;
    }
    return list ? "SecretList" : "Secret" + name(text, end);
  }

  private static String name(String text, int from) {
    for (String key : new String[] {"\"name\":\"", "\"name\": \"", "  name: "}) {
      int at = text.indexOf(key, from);
      if (at >= 0) {
        return ' ' + cut(text, at + key.length());
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
