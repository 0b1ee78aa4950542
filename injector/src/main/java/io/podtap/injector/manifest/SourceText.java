/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Where nodes and lines stand in a text. Offsets are of characters.
 *
 * <p>The parser's own end of a block collection is where the next thing begins, comments and all;
 * here it is where its last scalar ends.
 */
final class SourceText {

  private final String text;
  private final String lineEnd;
  private final boolean isJson;
  private final TokenPlaces tokens;
  private final CodePoints codePoints;

  /**
   * @param lineEnd what ends the lines that are added
   * @param isJson whether nothing may stand without quotes
   * @param tokens of the same text, whose reading may still go on
   */
  SourceText(String text, String lineEnd, boolean isJson, TokenPlaces tokens) {
    this.text = text;
    this.lineEnd = lineEnd;
    this.isJson = isJson;
    this.tokens = tokens;
    codePoints = new CodePoints(text);
  }

  String text() {
    return text;
  }

  /** Returns what ends the lines that are added. */
  String lineEnd() {
    return lineEnd;
  }

  /** Returns whether the whole text is JSON, where nothing may stand without quotes. */
  boolean isJson() {
    return isJson;
  }

  /** Returns where the text of a node begins, its anchor and tag included. */
  int start(Node node) {
    return offset(node.getStartMark().orElseThrow());
  }

  /**
   * Returns the end of the text of a node.
   *
   * @param after where its key or dash ends: a node that stands earlier is referred to by an alias
   */
  int end(Node node, int after) {
    if (start(node) < after) {
      return endOfAlias(after);
    }
    if (node instanceof CollectionNode<?> collection && isBlock(collection)) {
      return endOfLast(collection);
    }
    int end = offset(node.getEndMark().orElseThrow());
    return node instanceof ScalarNode scalar && isBlockScalar(scalar)
        ? endOfLines(scalar, end)
        : end;
  }

  /** Returns whether a node has an explicit tag. */
  boolean hasTag(Node node) {
    int at = start(node);
    if (at < text.length() && text.charAt(at) == '&') {
      at = endOfWord(at);
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    return at < text.length() && text.charAt(at) == '!';
  }

  private int endOfWord(int offset) {
    int end = offset;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Returns the text of a node that stands where it says. */
  String textOf(Node node) {
    return text.substring(start(node), end(node, start(node)));
  }

  static boolean isBlock(CollectionNode<?> collection) {
    return collection.getFlowStyle() == FlowStyle.BLOCK;
  }

  /** Returns where the opening bracket of a flow collection stands; an anchor may be before it. */
  int open(CollectionNode<?> collection, int start) {
    char bracket = collection instanceof MappingNode ? '{' : '[';
    int at = start;
    while (at < text.length() && text.charAt(at) != bracket) {
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        at++; // an anchor or a tag
      }
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    return at;
  }

  /** Returns the end of the last entry of a collection that has one. */
  int endOfLast(CollectionNode<?> collection) {
    if (collection instanceof MappingNode mapping) {
      NodeTuple last = mapping.getValue().getLast();
      return end(last.getValueNode(), endOfKey(last));
    }
    SequenceNode sequence = (SequenceNode) collection;
    int after = start(sequence);
    for (Node element : sequence.getValue()) {
      after = end(element, after);
    }
    return after;
  }

  /** Returns the end of a pair's key, before the colon. */
  int endOfKey(NodeTuple tuple) {
    return offset(tuple.getKeyNode().getEndMark().orElseThrow());
  }

  /** Returns the end of a pair. */
  int end(NodeTuple tuple) {
    return end(tuple.getValueNode(), endOfKey(tuple));
  }

  private int endOfAlias(int after) {
    for (TokenPlaces.Range alias : tokens.aliases()) {
      if (codePoints.offset(alias.start()) >= after) {
        return codePoints.offset(alias.end());
      }
    }
    return after;
  }

  /** Returns where a pair begins: at its key, or at the question mark before it. */
  int start(NodeTuple tuple) {
    Mark key = tuple.getKeyNode().getStartMark().orElseThrow();
    return codePoints.offset(tokens.questionMarks().getOrDefault(key.getIndex(), key.getIndex()));
  }

  private static boolean isBlockScalar(ScalarNode scalar) {
    return scalar.getScalarStyle() == ScalarStyle.LITERAL
        || scalar.getScalarStyle() == ScalarStyle.FOLDED;
  }

  /** Empty lines after a block scalar belong to it only when its header says so with a plus. */
  private int endOfLines(ScalarNode scalar, int end) {
    int last = end;
    if (isKept(start(scalar))) {
      return last - LineBreaks.lengthBefore(text, last);
    }
    while (last > 0 && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    return last;
  }

  /** Looks into a header such as {@code &a !!str |2+ # comment}. */
  private boolean isKept(int start) {
    int at = start;
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != '>') {
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        at++; // an anchor or a tag
      }
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      if (text.charAt(at) == '+') {
        return true;
      }
      at++;
    }
    return false;
  }

  private int offset(Mark mark) {
    return codePoints.offset(mark.getIndex());
  }

  int startOfLine(int offset) {
    return LineBreaks.startOfLine(text, offset);
  }

  /** Returns the place behind the line's end, or the end of the text. */
  int endOfLine(int offset) {
    return LineBreaks.endOfLine(text, offset);
  }

  /** Returns whether a place is the end of a text whose last line has no end. */
  boolean isUnfinishedEnd(int offset) {
    return offset == text.length() && LineBreaks.lengthBefore(text, offset) == 0;
  }

  int column(int offset) {
    return offset - startOfLine(offset);
  }

  /** Returns whether nothing but spaces stands before it in its line. */
  boolean isFirstInLine(int offset) {
    return text.substring(startOfLine(offset), offset).isBlank();
  }

  /**
   * Returns the start of the line of {@code offset}, or of the comment lines directly above it that
   * stand in the same column: they speak of it.
   */
  int startWithComments(int offset) {
    int column = column(offset);
    int start = startOfLine(offset);
    while (start > 0) {
      int above = startOfLine(start - 1);
      String line = text.substring(above, start);
      if (!line.strip().startsWith("#") || line.indexOf('#') != column) {
        return start;
      }
      start = above;
    }
    return start;
  }

  /** Returns the dash of an element, where there is one from {@code from} on; else that. */
  int dash(int from, int element) {
    int dash = from;
    for (int index : tokens.dashes()) {
      int offset = codePoints.offset(index);
      if (offset >= element) {
        break;
      }
      dash = Math.max(dash, offset);
    }
    return dash;
  }
}
