/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes secrets that are not objects of Kubernetes: private keys, and passwords among the
 * variables of a process. What is returned names the secret and does not show it.
 *
 * @see "RFC 7468 sections 10 and 11; proc_pid_environ(5)"
 */
final class SecretText {

  /** What every label of a private key ends with. */
  static final String PRIVATE_KEY = "PRIVATE KEY-----";

  /** How a file in the text form of RFC 7468 begins, in Base64. */
  static final String BEGIN_ENCODED = "LS0tLS1CRUdJTi";

  private static final String BEGIN = "-----BEGIN ";
  private static final int LABEL_MAX = 40;

  private static final List<String> SECRETS =
      List.of("PASSWORD=", "PASSWD=", "SECRET=", "SECRET_KEY=", "SECRET_ACCESS_KEY=");

  /** Variables that every process has, most in containers. */
  private static final List<String> USUAL = List.of("PATH=", "HOSTNAME=", "HOME=");

  private SecretText() {}

  /**
   * Returns the label of the key whose {@link #PRIVATE_KEY} stands at {@code at}, such as {@code
   * RSA PRIVATE KEY}, or null when the words are not the beginning of one.
   */
  static @Nullable String key(String text, int at) {
    int begin = text.lastIndexOf(BEGIN, at);
    if (begin < 0 || at - begin > LABEL_MAX) {
      return null;
    }
    return text.substring(begin + BEGIN.length(), at + PRIVATE_KEY.length() - 5);
  }

  /** Returns the label of the key that stands in Base64 at {@code at}, or null. */
  static @Nullable String encodedKey(String text, int at) {
    String plain = KubernetesText.decoded(text, at);
    int end = plain.indexOf(PRIVATE_KEY);
    return end < 0 ? null : key(plain, end);
  }

  /**
   * Returns {@code variable NAME} when a list of variables has one that is called a secret and is
   * not empty, or null. A list has a variable that every process has as well; its elements are
   * separated by line ends or zeros.
   */
  static @Nullable String variable(String text) {
    if (USUAL.stream().noneMatch(name -> isVariable(text, name))) {
      return null;
    }
    for (String ending : SECRETS) {
      for (int at = text.indexOf(ending); at >= 0; at = text.indexOf(ending, at + 1)) {
        int start = at;
        while (start > 0 && isVariableName(text.charAt(start - 1))) {
          start--;
        }
        int value = at + ending.length();
        boolean isSet = value < text.length() && text.charAt(value) > ' ';
        if (isSet && isBegin(text, start)) {
          return "variable " + text.substring(start, value - 1);
        }
      }
    }
    return null;
  }

  /** Returns whether a list of variables has one of the pod's own that Kubernetes sets. */
  static boolean isOfPod(String text) {
    return isVariable(text, "KUBERNETES_SERVICE_HOST=");
  }

  private static boolean isVariable(String text, String name) {
    int at = text.indexOf(name);
    while (at >= 0 && !isBegin(text, at)) {
      at = text.indexOf(name, at + 1);
    }
    return at >= 0;
  }

  private static boolean isBegin(String text, int at) {
    return at == 0 || text.charAt(at - 1) == '\n' || text.charAt(at - 1) == 0;
  }

  private static boolean isVariableName(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
