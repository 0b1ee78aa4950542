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
  private final boolean hasSurrogates;
  private final String lineEnd;

  SourceText(String text) {
    this.text = text;
    hasSurrogates = text.codePointCount(0, text.length()) != text.length();
    lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
  }

  String text() {
    return text;
  }

  /** Returns what ends the file's lines. */
  String lineEnd() {
    return lineEnd;
  }

  /** Returns whether the whole text is JSON, where nothing may stand without quotes. */
  boolean isJson() {
    return text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[");
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

  static boolean isBlock(CollectionNode<?> collection) {
    return collection.getFlowStyle() == FlowStyle.BLOCK;
  }

  /** Returns where the opening bracket of a flow collection stands; an anchor may be before it. */
  int open(CollectionNode<?> collection, int start) {
    return text.indexOf(collection instanceof MappingNode ? '{' : '[', start);
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
    int star = text.indexOf('*', after);
    int end = star;
    while (end < text.length() && " \t\r\n,]}".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean isBlockScalar(ScalarNode scalar) {
    return scalar.getScalarStyle() == ScalarStyle.LITERAL
        || scalar.getScalarStyle() == ScalarStyle.FOLDED;
  }

  /** Empty lines after a block scalar belong to it only when its header says so with a plus. */
  private int endOfLines(ScalarNode scalar, int end) {
    String header = text.substring(start(scalar), endOfLine(start(scalar)));
    int last = end;
    if (header.matches("(?s).*[|>][0-9]?\\+.*")) {
      return last > 0 && text.charAt(last - 1) == '\n' ? last - 1 : last;
    }
    while (last > 0 && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    return last;
  }

  private int offset(Mark mark) {
    return hasSurrogates ? text.offsetByCodePoints(0, mark.getIndex()) : mark.getIndex();
  }

  int startOfLine(int offset) {
    return text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Returns the place behind the line's end, or the end of the text. */
  int endOfLine(int offset) {
    int end = text.indexOf('\n', offset);
    return end < 0 ? text.length() : end + 1;
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

  /** Returns the last dash before an element, where {@code from} is in front of it. */
  int dash(int from, int element) {
    int dash = text.lastIndexOf('-', element - 1);
    return dash >= from ? dash : from;
  }
}
