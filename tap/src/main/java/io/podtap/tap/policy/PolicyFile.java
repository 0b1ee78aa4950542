/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file with options that may change. One thread.
 *
 * <p>{@link Form#OPTIONS}: a line {@code NAME=VALUE} for each option, as after the dashes; blank
 * lines and those that begin with {@code #} say nothing. {@link Form#ANNOTATIONS}: a pod's
 * annotations as the kubelet writes them, {@code KEY="VALUE"} with Go's escapes, of which those
 * under {@code podtap.io/} count.
 *
 * @see "Kubernetes documentation, Downward API; kubernetes/pkg/fieldpath, FormatMap; Go, strconv"
 */
public final class PolicyFile {

  /** How a file is written. */
  public enum Form {
    OPTIONS,
    ANNOTATIONS
  }

  /** What annotations begin with that are for the tap. */
  public static final String PREFIX = "podtap.io/";

  /** Annotations of a pod have 256 KiB at most, escapes up to four times as much. */
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Path path;
  private final Form form;
  private @Nullable Object seen;

  public PolicyFile(Path path, Form form) {
    this.path = path;
    this.form = form;
  }

  Path path() {
    return path;
  }

  Form form() {
    return form;
  }

  /** Returns what an option is called where the file is written. */
  String nameOf(String option) {
    return form == Form.ANNOTATIONS ? PREFIX + option : option;
  }

  /** Returns whether the file is another one, or was written, since this was asked last. */
  boolean isChanged() {
    Object now = identity();
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  /** What a file is told by: the kubelet exchanges the folder that the path leads through. */
  private record Identity(@Nullable Object key, long bytes, Object modified) {}

  private Object identity() {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new Identity(now.fileKey(), now.size(), now.lastModifiedTime());
    } catch (IOException e) {
      return "cannot be read";
    }
  }

  /**
   * Reads the file.
   *
   * @return values by name, without the prefix of annotations
   * @throws SettingsException when it cannot be read, is too long, or a line is no option
   */
  public Map<String, String> read() {
    Map<String, String> values = new LinkedHashMap<>();
    int number = 0;
    for (String line : text().split("\n", -1)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new SettingsException(path + " line " + number + " is not NAME=VALUE");
      }
      String name = text.substring(0, equals).strip();
      String value = text.substring(equals + 1).strip();
      if (form == Form.OPTIONS) {
        values.put(name, value);
      } else if (name.startsWith(PREFIX)) {
        values.put(name.substring(PREFIX.length()), unquoted(value, number));
      }
    }
    return values;
  }

  private String text() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        throw new SettingsException(path + " is longer than " + FILE_BYTES_MAX + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new SettingsException(path + " does not exist", e);
    } catch (IOException e) {
      throw new SettingsException(
          path + " cannot be read: " + Objects.toString(e.getMessage(), e.toString()), e);
    }
  }

  /** Reads what Go's {@code %q} writes. */
  private String unquoted(String quoted, int line) {
    int end = quoted.length() - 1;
    if (end < 1 || quoted.charAt(0) != '"' || quoted.charAt(end) != '"') {
      throw new SettingsException(path + " line " + line + " has no value in quotes");
    }
    StringBuilder text = new StringBuilder();
    int at = 1;
    while (at < end) {
      char c = quoted.charAt(at++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char kind = quoted.charAt(at++);
      int digits =
          switch (kind) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (at + digits > end) {
        throw new SettingsException(path + " line " + line + " ends within an escape");
      }
      if (digits > 0) {
        text.appendCodePoint(codePoint(quoted.substring(at, at + digits), line));
        at += digits;
      } else {
        text.append(escaped(kind, line));
      }
    }
    return text.toString();
  }

  private int codePoint(String digits, int line) {
    try {
      int value = Integer.parseUnsignedInt(digits, 16);
      if (Character.isValidCodePoint(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException(path + " line " + line + " has an invalid escape", e);
    }
    throw new SettingsException(path + " line " + line + " has an invalid escape");
  }

  private char escaped(char kind, int line) {
    return switch (kind) {
      case '"', '\\', '\'' -> kind;
      case 'a' -> 0x07;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0B;
      default -> throw new SettingsException(path + " line " + line + " has an invalid escape");
    };
  }
}
