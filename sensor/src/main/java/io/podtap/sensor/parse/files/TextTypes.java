/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;
import java.util.List;

/** Kinds of text, by their first bytes. Stateless. */
final class TextTypes {

  private static final int TEXT_LENGTH_MIN = 10;

  /** A program's name at the end of a path behind "#!", and what it reads. */
  private record Interpreter(String name, String type) {}

  private static final List<Interpreter> INTERPRETERS =
      List.of(
          new Interpreter("perl", "text/x-perl"),
          new Interpreter("ruby", "text/x-ruby"),
          new Interpreter("python", "text/x-python"),
          new Interpreter("awk", "text/x-awk"),
          new Interpreter("lua", "text/x-lua"),
          new Interpreter("node", "application/javascript"),
          new Interpreter("php", "text/x-php"),
          new Interpreter("tcl", "text/x-tcl"),
          new Interpreter("wish", "text/x-tcl"),
          new Interpreter("sh", "text/x-shellscript"));

  private TextTypes() {}

  /** Returns how much a type tells, beside signatures of bytes: Zeek's strengths. */
  static int strength(String type) {
    return switch (type) {
      case "text/plain" -> -20;
      case "text/json" -> 1;
      case "application/xml" -> 10;
      case "text/ini" -> 20;
      case "text/html" -> 100;
      case "text/x-shellscript" -> 250;
      case "text/x-diff" -> 55;
      default -> 60;
    };
  }

  /** Returns the type, or an empty text for what is no text. */
  static String of(Payload data) {
    int start = data.has(0, "\u00ef\u00bb\u00bf") ? 3 : 0;
    if (data.has(0, "#!")) {
      String script = script(data);
      if (!script.isEmpty()) {
        return script;
      }
    }
    int at = skipBlanks(data, start);
    String special =
        switch (data.u8(at)) {
          case '<' -> markup(data, at);
          case '{' -> isObject(data, at) ? "text/json" : "";
          case '[' -> isArray(data, at) ? "text/json" : "";
          default -> program(data, at);
        };
    if (isSection(data, at)) {
      return "text/ini";
    }
    if (!special.isEmpty()) {
      return special;
    }
    if (!isPlain(data)) {
      return "";
    }
    return hasDifference(data) ? "text/x-diff" : "text/plain";
  }

  /** A name in brackets on a line of its own. */
  private static boolean isSection(Payload data, int at) {
    int end = data.u8(at) == '[' ? data.indexOf('\n', at) : -1;
    int last = end - 1;
    while (last > at && isBlank(data.u8(last))) {
      last--;
    }
    return end >= 0 && last > at + 1 && data.u8(last) == ']';
  }

  /** A unified diff anywhere: lines with the two files' names, then where it begins. */
  private static boolean hasDifference(Payload data) {
    int old = data.indexOf("--- ", 0);
    int line = old < 0 ? -1 : data.indexOf("\n", old);
    int changed = line < 0 ? -1 : data.indexOf("+++ ", line);
    int next = changed < 0 ? -1 : data.indexOf("\n", changed);
    return next >= 0 && data.indexOf("@@", next) >= 0;
  }

  private static String script(Payload data) {
    for (Interpreter interpreter : INTERPRETERS) {
      int at = 2;
      while (at < 40 && data.u8(at) >= 0 && data.u8(at) != '\n') {
        boolean starts = data.u8(at - 1) == '/' || data.u8(at - 1) == ' ';
        if (data.has(at, interpreter.name) && (starts || interpreter.name.equals("sh"))) {
          return interpreter.type;
        }
        at++;
      }
    }
    return "";
  }

  private static String program(Payload data, int at) {
    if (data.has(at, "for (;;);")
        || data.has(at, "document.write")
        || data.has(at, "(function(){")
        || data.has(at, "(function() {")) {
      return "application/javascript";
    }
    return data.has(at, "diff ") || data.has(at, "*** ") || data.has(at, "Index: ")
        ? "text/x-diff"
        : "";
  }

  private static String markup(Payload data, int start) {
    int at = skipProlog(data, start);
    String type = element(data, at);
    if (!type.isEmpty()) {
      return type;
    }
    if (data.hasIgnoringCase(start, "<?php")) {
      return "text/x-php";
    }
    return data.has(skipComments(data, start), "<?xml ") ? "application/xml" : "";
  }

  private static String element(Payload data, int at) {
    if (data.hasIgnoringCase(at, "<!doctype")) {
      int name = skipBlanks(data, at + 9);
      if (data.hasIgnoringCase(name, "html")) {
        return "text/html";
      }
      return data.hasIgnoringCase(name, "cross-domain-policy") ? "text/x-cross-domain-policy" : "";
    }
    if (data.hasIgnoringCase(at, "<script")) {
      boolean named = data.firstLineHas("javascript");
      boolean plain =
          data.has(at, "<script>")
              && (data.has(skipBlanks(data, at + 8), "var ")
                  || data.has(skipBlanks(data, at + 8), "function "));
      return named || plain ? "application/javascript" : "";
    }
    if (data.hasIgnoringCase(at, "<html")
        || data.hasIgnoringCase(at, "<head")
        || data.hasIgnoringCase(at, "<title")
        || data.hasIgnoringCase(at, "<body")
        || data.hasIgnoringCase(at, "<meta http-equiv")) {
      return "text/html";
    }
    if (data.hasIgnoringCase(at, "<rss")) {
      return data.contains("xmlns:atom", 1_024) ? "text/atom" : "text/rss";
    }
    if (data.hasIgnoringCase(at, "<feed")) {
      return data.contains("www.w3.org/2005/Atom", 1_024) ? "text/atom" : "";
    }
    if (data.hasIgnoringCase(at, "<soap:envelope")
        || data.hasIgnoringCase(at, "<soap-env:envelope")) {
      return "application/soap+xml";
    }
    if (data.hasIgnoringCase(at, "<cross-domain-policy")) {
      return "text/x-cross-domain-policy";
    }
    return data.hasIgnoringCase(at, "<methodresponse>") ? "application/xml-rpc" : "";
  }

  /** Steps over an XML declaration, comments and blanks. */
  private static int skipProlog(Payload data, int start) {
    int at = skipComments(data, start);
    if (data.has(at, "<?xml")) {
      int end = data.indexOf('>', at);
      at = end < 0 ? at : skipComments(data, end + 1);
    }
    return at;
  }

  private static int skipComments(Payload data, int start) {
    int at = skipBlanks(data, start);
    while (data.has(at, "<!--")) {
      int end = data.indexOf('>', at + 4);
      while (end >= 0 && !data.has(end - 2, "-->")) {
        end = data.indexOf('>', end + 1);
      }
      if (end < 0) {
        return at;
      }
      at = skipBlanks(data, end + 1);
    }
    return at;
  }

  /** An opening brace, a name, a colon and the start of a value (RFC 8259); or nothing. */
  private static boolean isObject(Payload data, int start) {
    int at = skipBlanks(data, start + 1);
    if (data.u8(at) == '}') {
      return skipBlanks(data, at + 1) == data.length();
    }
    if (data.u8(at) == '"') {
      int end = data.indexOf('"', at + 1);
      if (end <= at + 1) {
        return false;
      }
      at = end + 1;
    } else {
      int nameStart = at;
      while (isNameLetter(data.u8(at))) {
        at++;
      }
      if (at == nameStart || (data.u8(nameStart) >= '0' && data.u8(nameStart) <= '9')) {
        return false;
      }
    }
    at = skipBlanks(data, at);
    if (data.u8(at) != ':') {
      return false;
    }
    at = skipBlanks(data, at + 1);
    int c = data.u8(at);
    return c == '"'
        || c == '['
        || c == '{'
        || (c >= '0' && c <= '9')
        || data.has(at, "true")
        || data.has(at, "false");
  }

  private static boolean isNameLetter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '\\';
  }

  private static boolean isArray(Payload data, int start) {
    int at = skipBlanks(data, start + 1);
    int c = data.u8(at);
    if (c == ']') {
      return skipBlanks(data, at + 1) == data.length();
    }
    if (c == '{' || c == '[') {
      return true;
    }
    if (c == '"') {
      at = data.indexOf('"', at + 1) + 1;
    } else if (data.has(at, "true")) {
      at += 4;
    } else if (data.has(at, "false")) {
      at += 5;
    } else {
      int from = at;
      while ((data.u8(at) >= '0' && data.u8(at) <= '9') || data.u8(at) == '.') {
        at++;
      }
      at = at == from ? 0 : at;
    }
    return at > 0 && data.u8(skipBlanks(data, at)) == ',';
  }

  private static int skipBlanks(Payload data, int from) {
    int at = from;
    while (isBlank(data.u8(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  /** Ten letters of ASCII, perhaps behind a byte order mark. */
  private static boolean isPlain(Payload data) {
    int start = 0;
    if (data.has(0, "\u00ef\u00bb\u00bf")) {
      start = 3;
    } else if (data.has(0, "\u00fe\u00ff") || data.has(0, "\u00ff\u00fe")) {
      start = 2;
    }
    for (int i = start; i < start + TEXT_LENGTH_MIN; i++) {
      int c = data.u8(i);
      if (!isBlank(c) && c != 0x0B && c != 0x0C && (c < 0x20 || c > 0x7E)) {
        return false;
      }
    }
    return true;
  }
}
