/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A way in which people and programs write a Kubernetes object.
 *
 * @param frame what stands around it
 * @param lineEnd of all its lines
 * @param nullWord how null is written
 */
public record Spelling(Style style, Frame frame, String lineEnd, String nullWord) {

  /** How collections are written. */
  public enum Style {
    BLOCK,
    /** Dashes in the column of their key. */
    FLUSH,
    WIDE,
    /** A comment behind each dash, and others with dashes and brackets. */
    COMMENTED,
    /** Explicit keys. */
    QUESTION_MARKS,
    QUOTED_KEYS,
    /** An explicit tag at each text. */
    TAGGED,
    /** Tabs before comments and behind colons. */
    TABS,
    /** The first key of all there twice. */
    TWICE,
    FLOW,
    FLOW_OF_LINES,
    JSON,
    JSON_OF_LINES
  }

  /** What stands around an object. */
  public enum Frame {
    NONE,
    MARKER,
    COMMENTED_MARKER,
    DIRECTIVE,
    END_MARKER,
    BYTE_ORDER_MARK,
    NO_LAST_LINE_END,
    UTF_16,
    LIST,
    TYPED_LIST
  }

  /** Returns every combination that is one. */
  public static List<Spelling> all() {
    List<Spelling> all = new ArrayList<>();
    for (Style style : Style.values()) {
      for (Frame frame : Frame.values()) {
        boolean isPlain = frame == Frame.NONE || frame == Frame.LIST;
        for (String lineEnd : isPlain ? List.of("\n", "\r\n", "\r") : List.of("\n")) {
          List<String> words = isPlain ? List.of("~", "null", "NULL", "") : List.of("Null");
          for (String word : lineEnd.equals("\n") ? words : List.of("null")) {
            all.add(new Spelling(style, frame, lineEnd, word));
          }
        }
      }
    }
    all.removeIf(one -> one.isJsonStyle() && one.isYamlFrame());
    return all;
  }

  private boolean isJsonStyle() {
    return style == Style.JSON || style == Style.JSON_OF_LINES;
  }

  private boolean isYamlFrame() {
    return switch (frame) {
      case MARKER, COMMENTED_MARKER, DIRECTIVE, END_MARKER -> true;
      default -> !nullWord.equalsIgnoreCase("null");
    };
  }

  /** Returns whether the text is JSON. */
  public boolean isJson() {
    return isJsonStyle();
  }

  /** Returns the encoding. */
  public Charset charset() {
    return frame == Frame.UTF_16 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
  }

  /** Returns the text's bytes. */
  public byte[] write(Map<String, @Nullable Object> object) {
    Map<String, @Nullable Object> written = object;
    if (frame == Frame.LIST || frame == Frame.TYPED_LIST) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>(object);
      written = new LinkedHashMap<>();
      boolean isTyped = frame == Frame.TYPED_LIST;
      written.put("apiVersion", isTyped ? Tree.text(object, "apiVersion") : "v1");
      if (isTyped) {
        item.keySet().removeAll(List.of("apiVersion", "kind"));
      }
      written.put("items", List.of(item, Map.of("metadata", Map.of("name", "z"), "kind", "Other")));
      written.put("kind", (isTyped ? Tree.text(object, "kind") : "") + "List");
    }
    String text = framed(body(written));
    return text.replace("\n", lineEnd).getBytes(charset());
  }

  private String framed(String body) {
    return switch (frame) {
      case NONE, LIST, TYPED_LIST -> body;
      case MARKER -> "---\n" + body;
      case COMMENTED_MARKER -> "# first - one\n--- # a [document]\n" + body + "# end\n";
      case DIRECTIVE -> "%YAML 1.2\n---\n" + body;
      case END_MARKER -> body + "...\n";
      case BYTE_ORDER_MARK, UTF_16 -> "\uFEFF" + body;
      case NO_LAST_LINE_END -> body.stripTrailing();
    };
  }

  private String body(Map<String, @Nullable Object> object) {
    return switch (style) {
      case JSON -> JsonText.write(object) + "\n";
      case JSON_OF_LINES, FLOW_OF_LINES -> flow(object, "", "\n") + "\n";
      case FLOW -> flow(object, "", "") + "\n";
      default -> block(object, "");
    };
  }

  private String flow(@Nullable Object value, String indent, String gap) {
    String inner = gap.isEmpty() ? "" : indent + " \t";
    String outer = gap.isEmpty() ? "" : indent;
    List<String> parts = new ArrayList<>();
    if (value instanceof Map<?, ?>) {
      Tree.map(value)
          .forEach(
              (key, element) -> parts.add(inner + key(key) + ": " + flow(element, inner, gap)));
      return parts.isEmpty() ? "{}" : '{' + gap + joined(parts, gap) + gap + outer + '}';
    }
    if (value instanceof List<?>) {
      Tree.list(value).forEach(element -> parts.add(inner + flow(element, inner, gap)));
      return parts.isEmpty() ? "[]" : '[' + gap + joined(parts, gap) + gap + outer + ']';
    }
    return value == null && !isJson() && nullWord.isEmpty() ? "~" : scalar(value);
  }

  private static String joined(List<String> parts, String gap) {
    return String.join(gap.isEmpty() ? ", " : "," + gap, parts);
  }

  private String key(String key) {
    return isJson() || style == Style.QUOTED_KEYS ? JsonText.write(key) : key;
  }

  private String scalar(@Nullable Object value) {
    if (value == null) {
      return isJson() ? "null" : nullWord;
    }
    if (!(value instanceof String text)) {
      return value.toString();
    }
    String plain = isJson() || !text.matches("[a-z][-a-z0-9./]*") ? JsonText.write(text) : text;
    return style == Style.TAGGED ? "!!str " + plain : plain;
  }

  private String block(@Nullable Object value, String indent) {
    StringBuilder text = new StringBuilder();
    String step = style == Style.WIDE ? "    " : "  ";
    if (value instanceof Map<?, ?>) {
      boolean[] isFirst = {style == Style.TWICE && indent.isEmpty()};
      Tree.map(value)
          .forEach((key, element) -> {
            if (isFirst[0]) {
              text.append(key).append(": twice\n");
              isFirst[0] = false;
            }
            String sign = style == Style.QUESTION_MARKS ? "? " : "";
            text.append(indent).append(sign).append(key(key));
            text.append(style == Style.QUESTION_MARKS ? "\n" + indent + ":" : ":");
            boolean isFlush = style == Style.FLUSH && element instanceof List;
            after(text, element, isFlush ? indent : indent + step);
          });
    } else {
      for (Object element : Tree.list(value)) {
        String inner = indent + step;
        text.append(indent).append('-');
        if (!isBlock(element)) {
          after(text, element, inner);
          continue;
        }
        if (style == Style.COMMENTED) {
          text.append(" # - a dash, a [bracket] and a * star\n").append(block(element, inner));
        } else {
          text.append(step.substring(1)).append(block(element, inner).substring(inner.length()));
        }
      }
    }
    return text.toString();
  }

  private void after(StringBuilder text, @Nullable Object element, String indent) {
    String comment = style == Style.COMMENTED ? "  # {aside}: - 'x" : "";
    if (style == Style.TABS) {
      comment = "\t# aside";
    }
    if (isBlock(element)) {
      text.append(comment).append('\n').append(block(element, indent));
    } else {
      String value =
          element instanceof Map || element instanceof List
              ? flow(element, "", "")
              : scalar(element);
      text.append(value.isEmpty() ? "" : style == Style.TABS ? "\t" : " ")
          .append(value)
          .append(comment)
          .append('\n');
    }
  }

  private static boolean isBlock(@Nullable Object value) {
    return !Tree.map(value).isEmpty() || !Tree.list(value).isEmpty();
  }
}
