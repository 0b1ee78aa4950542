/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.ListChange;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Turns the difference of two trees into the fewest changes of the text that the first was read
 * from.
 *
 * <p>What is added in a block is written as a block, in a flow collection (all of JSON) as JSON.
 */
final class YamlSplice {

  /** Replaces the characters from {@code from} to {@code to}. */
  private record Edit(int from, int to, String text) {

    /** As in the text; what is added at a place comes before what is removed from there on. */
    private static final Comparator<Edit> ORDER =
        Comparator.comparingInt(Edit::from).thenComparingInt(Edit::to);
  }

  private final SourceText source;
  private final Set<Node> shared;
  private final YamlBlock block;
  private final List<Edit> edits = new ArrayList<>();

  /** How null was written where it is to stand again. */
  private final IdentityHashMap<Node, String> nulls = new IdentityHashMap<>();

  /**
   * @param shared nodes that may not be changed, since they stand elsewhere too
   */
  YamlSplice(SourceText source, Set<Node> shared, YamlBlock block) {
    this.source = source;
    this.shared = shared;
    this.block = block;
  }

  /** Says how null is written when it takes the place of a node. */
  void spellNull(Node node, String word) {
    nulls.put(node, word);
  }

  /** Returns the text with all changes made. */
  String text() {
    StringBuilder text = new StringBuilder();
    int done = 0;
    for (Edit edit : edits.stream().sorted(Edit.ORDER).toList()) {
      if (done > edit.from()) {
        // The line's end before it went with the edit before: now that of the line above goes.
        text.setLength(text.length() - LineBreaks.lengthBefore(text, text.length()));
      } else {
        text.append(source.text(), done, edit.from());
      }
      text.append(edit.text());
      done = edit.to();
    }
    return text.append(source.text().substring(done)).toString();
  }

  /**
   * Notes what must change so that a node means {@code after}.
   *
   * @param before what the node means now
   * @throws SharedNodeException when that would change another place too; nothing is noted then
   */
  void change(Node node, @Nullable Object before, @Nullable Object after) {
    List<Edit> former = List.copyOf(edits);
    try {
      compare(node, before, after);
    } catch (SharedNodeException e) {
      edits.clear();
      edits.addAll(former);
      throw e;
    }
  }

  private void compare(Node node, @Nullable Object before, @Nullable Object after) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (shared.contains(node)) {
      throw new SharedNodeException("what would change is shared by an alias");
    }
    Optional<ListChange> change = ListChange.of(Tree.list(before), Tree.list(after));
    if (isFilled(after)
        && node instanceof MappingNode mapping
        && before instanceof Map
        && after instanceof Map
        && !mapping.getValue().isEmpty()) {
      compareMaps(mapping, Tree.map(before), Tree.map(after));
    } else if (isFilled(after)
        && node instanceof SequenceNode sequence
        && after instanceof List
        && change.isPresent()
        && !sequence.getValue().isEmpty()) {
      compareLists(sequence, change.get(), Tree.list(before), Tree.list(after));
    } else {
      replace(node, after);
    }
  }

  private static boolean isFilled(@Nullable Object value) {
    return !Tree.map(value).isEmpty() || !Tree.list(value).isEmpty();
  }

  private void compareMaps(
      MappingNode mapping,
      Map<String, @Nullable Object> before,
      Map<String, @Nullable Object> after) {
    List<NodeTuple> tuples = mapping.getValue();
    List<String> keys = tuples.stream().map(YamlTree::key).toList();
    for (String key : before.keySet()) {
      if (!keys.contains(key) && !Objects.equals(before.get(key), after.get(key))) {
        throw new SharedNodeException("what would change comes from a merge key");
      }
    }
    List<Place> places =
        tuples.stream().map(tuple -> new Place(source.start(tuple), source.end(tuple))).toList();
    List<Boolean> stays =
        keys.stream().map(key -> after.containsKey(key) || !before.containsKey(key)).toList();
    if (!stays.contains(true)) {
      replace(mapping, after);
      return;
    }
    remove(mapping, places, stays);
    List<String> order = List.copyOf(after.keySet());
    for (String key : order) {
      if (keys.contains(key)) {
        compare(tuples.get(keys.lastIndexOf(key)).getValueNode(), before.get(key), after.get(key));
      } else if (!before.containsKey(key)) {
        int next = next(order, order.indexOf(key) + 1, keys);
        insert(
            mapping,
            places,
            next,
            stays,
            isBlock(mapping)
                ? block.pair(key, after.get(key))
                : List.of(JsonText.write(key) + ": " + JsonText.write(after.get(key))));
      }
    }
  }

  /** Returns which of the file's keys the new one stands before, or how many keys there are. */
  private static int next(List<String> order, int from, List<String> keys) {
    for (int i = from; i < order.size(); i++) {
      int next = keys.lastIndexOf(order.get(i));
      if (next >= 0) {
        return next;
      }
    }
    return keys.size();
  }

  private void compareLists(
      SequenceNode sequence,
      ListChange change,
      List<@Nullable Object> before,
      List<@Nullable Object> after) {
    List<Node> elements = sequence.getValue();
    List<Place> places = new ArrayList<>();
    int end = source.start(sequence);
    for (Node element : elements) {
      int start = source.start(element) < end ? end : source.start(element);
      int first = isBlock(sequence) ? source.dash(end, start) : start;
      end = source.end(element, end);
      places.add(new Place(first, end));
    }
    List<Boolean> stays = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      stays.add(!change.removed().contains(i));
    }
    if (!stays.contains(true)) {
      replace(sequence, after);
      return;
    }
    remove(sequence, places, stays);
    for (int i = 0; i < after.size(); i++) {
      int partner = change.partners().get(i);
      if (partner >= 0) {
        compare(elements.get(partner), before.get(partner), after.get(i));
        continue;
      }
      int next = elements.size();
      for (int j = after.size() - 1; j > i; j--) {
        next = change.partners().get(j) >= 0 ? change.partners().get(j) : next;
      }
      insert(
          sequence,
          places,
          next,
          stays,
          isBlock(sequence) ? block.element(after.get(i)) : List.of(JsonText.write(after.get(i))));
    }
  }

  /** Where an entry stands: from its key, or its dash in a block, to the end of its value. */
  private record Place(int start, int end) {}

  private static boolean isBlock(CollectionNode<?> collection) {
    return SourceText.isBlock(collection);
  }

  /** Removes entries; at least one stays. */
  private void remove(CollectionNode<?> collection, List<Place> places, List<Boolean> stays) {
    int i = 0;
    while (i < places.size()) {
      int first = i;
      while (i < places.size() && !stays.get(i)) {
        i++;
      }
      if (i > first) {
        removeRun(collection, places, first, i);
      }
      i++;
    }
  }

  /** Removes the entries from {@code first} to before {@code next}. */
  private void removeRun(CollectionNode<?> collection, List<Place> places, int first, int next) {
    int start = places.get(first).start();
    int end = places.get(next - 1).end();
    if (isBlock(collection) && source.isFirstInLine(start)) {
      start = source.startOfLine(start);
      int endOfLine = source.endOfLine(end);
      int before = LineBreaks.lengthBefore(source.text(), start);
      edits.add(
          new Edit(source.isUnfinishedEnd(endOfLine) ? start - before : start, endOfLine, ""));
    } else if (next < places.size()) {
      edits.add(new Edit(start, places.get(next).start(), ""));
    } else {
      edits.add(new Edit(places.get(first - 1).end(), end, ""));
    }
  }

  /** Adds an entry before another, or after the last. */
  private void insert(
      CollectionNode<?> collection,
      List<Place> places,
      int next,
      List<Boolean> stays,
      List<String> lines) {
    boolean isLast = next == places.size();
    if (!isBlock(collection)) {
      int at = isLast ? places.get(stays.lastIndexOf(true)).end() : places.get(next).start();
      edits.add(new Edit(at, at, isLast ? ", " + lines.getFirst() : lines.getFirst() + ", "));
      return;
    }
    int column = source.column(places.getFirst().start());
    String indent = " ".repeat(column);
    String lineEnd = source.lineEnd();
    String joined = String.join(lineEnd + indent, lines);
    if (isLast) {
      int at = source.endOfLine(places.getLast().end());
      edits.add(
          new Edit(
              at,
              at,
              source.isUnfinishedEnd(at) ? lineEnd + indent + joined : indent + joined + lineEnd));
    } else if (source.isFirstInLine(places.get(next).start())) {
      int at = source.startWithComments(places.get(next).start());
      edits.add(new Edit(at, at, indent + joined + lineEnd));
    } else {
      int at = places.get(next).start();
      edits.add(new Edit(at, at, joined + lineEnd + indent));
    }
  }

  /** Puts another value in the place of a whole node. */
  private void replace(Node node, @Nullable Object after) {
    int start = source.start(node);
    int end = source.end(node, start);
    String word = after == null ? nulls.get(node) : null;
    if (word != null) {
      edits.add(new Edit(start, end, word));
    } else if (node instanceof CollectionNode<?> collection && isBlock(collection)) {
      String indent = source.lineEnd() + " ".repeat(source.column(start));
      edits.add(new Edit(start, end, String.join(indent, block.value(after))));
    } else if (node instanceof CollectionNode<?> collection
        && (node instanceof MappingNode ? after instanceof Map : after instanceof List)) {
      replaceInside(collection, start, JsonText.write(after));
    } else {
      replaceText(start, end, after);
    }
  }

  /** Leaves brackets and the space before the closing one as they are. */
  private void replaceInside(CollectionNode<?> collection, int start, String json) {
    int first = source.open(collection, start) + 1;
    int last = collection.getValue().isEmpty() ? first : source.endOfLast(collection);
    edits.add(new Edit(first, last, json.substring(1, json.length() - 1)));
  }

  /** An empty place is null, except in JSON; so null is an empty place. */
  private void replaceText(int start, int end, @Nullable Object after) {
    if (after == null && !source.isJson() && source.text().charAt(start - 1) == ' ') {
      edits.add(new Edit(start - 1, end, ""));
      return;
    }
    boolean isJson = isFilled(after) || source.isJson();
    String text = isJson ? JsonText.write(after) : YamlBlock.scalar(after);
    edits.add(new Edit(start, end, start == end ? " " + text : text));
  }
}
