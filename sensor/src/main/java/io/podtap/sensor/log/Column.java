/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.util.function.ToLongFunction;

/**
 * One field of a log.
 *
 * @param <R> what records are made of
 * @param name as Zeek names it
 * @param meaning one sentence for the reader of the log
 */
record Column<R>(
    String name, Type type, String meaning, ToLongFunction<R> number, TextSource<R> text) {

  boolean isNamed(String other) {
    return name.equals(other);
  }

  /** Types, with Zeek's names for them. */
  enum Type {
    TIME("time", Form.NUMBER),
    INTERVAL("interval", Form.NUMBER),
    COUNT("count", Form.NUMBER),
    INT("int", Form.NUMBER),
    PORT("port", Form.NUMBER),
    BOOL("bool", Form.NUMBER),
    ADDRESS("addr", Form.QUOTED),
    STRING("string", Form.QUOTED),
    ENUM("enum", Form.QUOTED),
    DOUBLE("double", Form.BARE),
    STRING_SET("set[string]", Form.QUOTED_LIST),
    ENUM_SET("set[enum]", Form.QUOTED_LIST),
    ADDRESS_SET("set[addr]", Form.QUOTED_LIST),
    STRING_LIST("vector[string]", Form.QUOTED_LIST),
    ADDRESS_LIST("vector[addr]", Form.QUOTED_LIST),
    COUNT_LIST("vector[count]", Form.BARE_LIST),
    INTERVAL_LIST("vector[interval]", Form.BARE_LIST),
    BOOL_LIST("vector[bool]", Form.BARE_LIST);

    /** How values are held and shown. */
    private enum Form {
      NUMBER,
      BARE,
      QUOTED,
      BARE_LIST,
      QUOTED_LIST
    }

    final String zeekName;
    private final boolean number;
    private final boolean list;
    private final boolean quoted;

    Type(String zeekName, Form form) {
      this.zeekName = zeekName;
      this.number = form == Form.NUMBER;
      this.list = form == Form.BARE_LIST || form == Form.QUOTED_LIST;
      this.quoted = form == Form.QUOTED || form == Form.QUOTED_LIST;
    }

    /** Returns whether the value is a {@code long}, not text. */
    boolean isNumber() {
      return number;
    }

    /** Returns whether there may be several values, separated by {@link TextSource#SEPARATOR}. */
    boolean isList() {
      return list;
    }

    /** Returns whether JSON puts a value into quotes. */
    boolean isQuoted() {
      return quoted;
    }

    /** Returns whether the value is one text, which JSON puts into quotes. */
    boolean isQuotedText() {
      return quoted && !list;
    }
  }
}
