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
    TIME("time"),
    INTERVAL("interval"),
    COUNT("count"),
    INT("int"),
    PORT("port"),
    BOOL("bool"),
    ADDRESS("addr"),
    STRING("string"),
    ENUM("enum"),
    DOUBLE("double"),
    STRING_SET("set[string]"),
    ENUM_SET("set[enum]"),
    ADDRESS_SET("set[addr]"),
    STRING_LIST("vector[string]"),
    ADDRESS_LIST("vector[addr]"),
    COUNT_LIST("vector[count]"),
    INTERVAL_LIST("vector[interval]"),
    BOOL_LIST("vector[bool]");

    final String zeekName;

    Type(String zeekName) {
      this.zeekName = zeekName;
    }

    boolean isNumber() {
      return switch (this) {
        case TIME, INTERVAL, COUNT, INT, PORT, BOOL -> true;
        default -> false;
      };
    }

    /** Returns whether there may be several values, separated by {@link TextSource#SEPARATOR}. */
    boolean isList() {
      return switch (this) {
        case STRING_SET,
            ENUM_SET,
            ADDRESS_SET,
            STRING_LIST,
            ADDRESS_LIST,
            COUNT_LIST,
            INTERVAL_LIST,
            BOOL_LIST ->
            true;
        default -> false;
      };
    }

    /** Returns whether JSON puts a value into quotes. */
    boolean isQuoted() {
      return switch (this) {
        case ADDRESS, STRING, ENUM, STRING_SET, ENUM_SET, ADDRESS_SET, STRING_LIST, ADDRESS_LIST ->
            true;
        default -> false;
      };
    }
  }
}
