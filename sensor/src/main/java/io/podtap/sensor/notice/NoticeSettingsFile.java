/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of detections: a JSON object whose member {@code detect} lists the detections
 * that run, and whose other members are options. A value is a text, a number, a truth value, a list
 * of them, or an object of lists, which becomes a list of {@code key=value,value}.
 */
public final class NoticeSettingsFile {

  private static final long BYTES_MAX = 1 << 20;

  private NoticeSettingsFile() {}

  /**
   * Reads a file and adds options of the command line, which win.
   *
   * @param file null for none
   * @param given options as {@code name=value}; {@code detect=name,name} chooses detections
   * @param exceptions see {@link NoticeExceptions}; null for none
   * @throws SettingsException when something is invalid
   */
  public static NoticeSettings read(
      @Nullable Path file, List<String> given, @Nullable Path exceptions) {
    Map<String, List<String>> values = new HashMap<>();
    if (file != null) {
      try {
        if (Files.size(file) > BYTES_MAX) {
          throw new SettingsException("options of detections " + file + " exceed 1 MiB");
        }
        new Values(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)).readInto(values);
      } catch (IOException e) {
        throw new SettingsException("options of detections " + file + " cannot be read: " + e, e);
      } catch (IllegalArgumentException e) {
        throw new SettingsException(
            "options of detections " + file + " are invalid: " + e.getMessage(), e);
      }
    }
    for (String option : given) {
      int equals = option.indexOf('=');
      if (equals < 1) {
        throw new SettingsException("invalid option '" + option + "': NAME=VALUE expected");
      }
      values.put(
          option.substring(0, equals), DetectionValues.elements(option.substring(equals + 1)));
    }
    List<String> detect = values.remove("detect");
    Set<String> names = detect == null ? Set.of() : new HashSet<>(detect);
    return new NoticeSettings(
        names, values, exceptions, file == null ? null : file.toAbsolutePath().getParent());
  }

  /** The members of a JSON object whose values are flat. */
  private static final class Values {

    private final String text;
    private int at;

    Values(String text) {
      this.text = text;
    }

    void readInto(Map<String, List<String>> target) {
      expect('{');
      if (!has('}')) {
        do {
          String name = string();
          expect(':');
          List<String> all = new ArrayList<>();
          value(all);
          target.put(name, all);
        } while (has(','));
        expect('}');
      }
    }

    private void value(List<String> into) {
      if (has('[')) {
        if (!has(']')) {
          do {
            value(into);
          } while (has(','));
          expect(']');
        }
      } else if (has('{')) {
        if (!has('}')) {
          do {
            String key = string();
            expect(':');
            List<String> inner = new ArrayList<>();
            value(inner);
            into.add(key + '=' + String.join(",", inner));
          } while (has(','));
          expect('}');
        }
      } else if (peek() == '"') {
        into.add(string());
      } else {
        int from = at;
        while (at < text.length()
            && ("+-.".indexOf(text.charAt(at)) >= 0
                || Character.isLetterOrDigit(text.charAt(at)))) {
          at++;
        }
        if (at == from) {
          throw new IllegalArgumentException("value expected at character " + at);
        }
        into.add(text.substring(from, at));
      }
    }

    private String string() {
      expect('"');
      StringBuilder out = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '"') {
        char c = text.charAt(at++);
        if (c == '\\') {
          out.append(escaped());
        } else {
          out.append(c);
        }
      }
      if (at == text.length()) {
        throw new IllegalArgumentException("text without an end");
      }
      at++;
      return out.toString();
    }

    private char escaped() {
      char c = at < text.length() ? text.charAt(at++) : ' ';
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'n' -> '\n';
        case 't' -> '\t';
        case 'r' -> '\r';
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw new IllegalArgumentException("text without an end");
          }
          char value = (char) Integer.parseInt(text.substring(at, at + 4), 16);
          at += 4;
          yield value;
        }
        default -> throw new IllegalArgumentException("unknown escape at character " + at);
      };
    }

    private int peek() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : -1;
    }

    private boolean has(char wanted) {
      if (peek() != wanted) {
        return false;
      }
      at++;
      return true;
    }

    private void expect(char wanted) {
      if (!has(wanted)) {
        throw new IllegalArgumentException("'" + wanted + "' expected at character " + at);
      }
    }
  }
}
