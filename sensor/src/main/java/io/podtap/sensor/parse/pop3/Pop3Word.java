/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pop3;

import java.util.Locale;

/** The first word of a line: an answer of the server or a command of the client. */
enum Pop3Word {
  OK,
  ERR,
  USER,
  PASS,
  APOP,
  AUTH,
  STAT,
  LIST,
  RETR,
  DELE,
  RSET,
  NOOP,
  LAST,
  QUIT,
  TOP,
  CAPA,
  UIDL,
  STLS,
  XSENDER,
  UNKNOWN;

  /**
   * Reads a word. A sign in front does not matter, and the n-th word may have n of them, as in
   * Zeek.
   */
  static Pop3Word of(String text) {
    String word = text.toUpperCase(Locale.ROOT);
    for (Pop3Word candidate : values()) {
      if (word.startsWith("+") || word.startsWith("-")) {
        word = word.substring(1);
      }
      if (candidate != UNKNOWN && word.equals(candidate.name())) {
        return candidate;
      }
    }
    return UNKNOWN;
  }

  /** Returns whether the server says it. */
  boolean isAnswer() {
    return this == OK || this == ERR;
  }

  /** Returns whether the client may say it only once it is logged in. */
  boolean isOfTransaction() {
    return switch (this) {
      case STAT, LIST, RETR, DELE, RSET, NOOP, LAST, TOP, UIDL, XSENDER -> true;
      case OK, ERR, USER, PASS, APOP, AUTH, QUIT, CAPA, STLS, UNKNOWN -> false;
    };
  }

  /** Returns whether an answer of several lines follows, given the argument. */
  boolean hasLongAnswer(String argument) {
    return switch (this) {
      case RETR, TOP, CAPA -> true;
      case AUTH, LIST, UIDL -> argument.isEmpty();
      case OK, ERR, USER, PASS, APOP, STAT, DELE, RSET, NOOP, LAST, QUIT, STLS, XSENDER, UNKNOWN ->
          false;
    };
  }
}
