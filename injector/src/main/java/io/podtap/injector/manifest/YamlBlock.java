/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes new values as people write YAML.
 *
 * @param indentedLists whether a list's dashes stand further right than its key
 */
record YamlBlock(boolean indentedLists) {

  private static final int STEP = 2;

  /** What no reader, of YAML 1.1 or 1.2, takes for anything but this text. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][-A-Za-z0-9_./]*([ :][-A-Za-z0-9_./]+)*|[0-9]+(m|[KMG]i?)");

  private static final Pattern RESERVED = Pattern.compile("(?i)true|false|yes|no|on|off|y|n|null");

  /** Returns the lines of a pair, without any indentation of the first column. */
  List<String> pair(String key, @Nullable Object value) {
    List<String> lines = new ArrayList<>();
    addPair(lines, "", key, value);
    return lines;
  }

  /** Returns the lines of a list's element, dash and all. */
  List<String> element(@Nullable Object value) {
    List<String> lines = new ArrayList<>();
    addElement(lines, "", value);
    return lines;
  }

  /** Returns the lines of a value that stands in a block of its own. */
  List<String> value(@Nullable Object value) {
    List<String> lines = new ArrayList<>();
    if (isBlock(value)) {
      addBlock(lines, "", value);
    } else {
      lines.add(scalar(value));
    }
    return lines;
  }

  private void addBlock(List<String> lines, String indent, @Nullable Object value) {
    Tree.map(value).forEach((key, element) -> addPair(lines, indent, key, element));
    Tree.list(value).forEach(element -> addElement(lines, indent, element));
  }

  private void addPair(List<String> lines, String indent, String key, @Nullable Object value) {
    if (!isBlock(value)) {
      lines.add(indent + scalar(key) + ": " + scalar(value));
      return;
    }
    lines.add(indent + scalar(key) + ":");
    boolean isFlush = value instanceof List && !indentedLists;
    addBlock(lines, isFlush ? indent : indent + " ".repeat(STEP), value);
  }

  private void addElement(List<String> lines, String indent, @Nullable Object value) {
    if (!isBlock(value)) {
      lines.add(indent + "- " + scalar(value));
      return;
    }
    int first = lines.size();
    addBlock(lines, indent + " ".repeat(STEP), value);
    lines.set(first, indent + "- " + lines.get(first).substring(indent.length() + STEP));
  }

  private static boolean isBlock(@Nullable Object value) {
    return !Tree.map(value).isEmpty() || !Tree.list(value).isEmpty();
  }

  /** Returns a scalar, or an empty collection, on one line. */
  static String scalar(@Nullable Object value) {
    if (!(value instanceof String text)) {
      return JsonText.write(value);
    }
    if (PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches()) {
      return text;
    }
    boolean isQuotable =
        text.contains("\"") && text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '\'');
    return isQuotable ? "'" + text + "'" : JsonText.write(text);
  }
}
