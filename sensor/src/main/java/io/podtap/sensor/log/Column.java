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
    STRING_SET("set[string]");

    final String zeekName;

    Type(String zeekName) {
      this.zeekName = zeekName;
    }

    boolean isNumber() {
      return switch (this) {
        case TIME, INTERVAL, COUNT, INT, PORT, BOOL -> true;
        case ADDRESS, STRING, ENUM, STRING_SET -> false;
      };
    }
  }
}
