/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;

/**
 * A document, or one item of a List, as nodes that know where they stand; what is to change in it,
 * and the text that comes of that.
 */
final class Composition {

  /**
   * What an item need not say of itself, since the List says it.
   *
   * @param kind of an item that names none, or an empty text
   */
  record Defaults(WorkloadKinds kinds, String kind, String apiVersion) {}

  private final Document document;
  private final Defaults defaults;
  private final int from;

  /** Spaces that stand for what is before the item in its first line. */
  private final int column;

  private final SourceText source;
  private final List<Workload> workloads = new ArrayList<>();
  private final List<UnknownWorkload> unknown = new ArrayList<>();
  private final List<MissingPod> missing = new ArrayList<>();
  private final Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();
  private final Set<Node> shared = Collections.newSetFromMap(new IdentityHashMap<>());
  private final YamlSplice splice;

  /** What workloads must mean in the end, by index. */
  private final Map<Integer, Map<String, @Nullable Object>> changed = new HashMap<>();

  /**
   * Composes a piece of a document that {@link Outline} has found to be without mistakes.
   *
   * @param column in which a block begins, 0 for anything else
   * @throws SettingsException when aliases make too many values
   */
  Composition(Document document, int from, int to, int column, Defaults defaults) {
    this.document = document;
    this.defaults = defaults;
    this.from = from;
    this.column = column;
    String indent = " ".repeat(column);
    String text = indent + document.text().substring(from, to);
    TokenPlaces tokens = new TokenPlaces(indent + document.parsable(from, to), true);
    String start = text.stripLeading();
    boolean isJson = document.isJson() || start.startsWith("{") || start.startsWith("[");
    source = new SourceText(text, LineBreaks.first(document.text()), isJson, tokens);
    boolean indentedLists = true;
    Composer composer =
        new Composer(TokenPlaces.SETTINGS, new ParserImpl(TokenPlaces.SETTINGS, tokens));
    while (composer.hasNext()) {
      Node root = composer.next();
      YamlTree tree = tree(root);
      shared.addAll(tree.shared());
      collect(root, tree.root(), defaults);
      indentedLists &= !hasFlushList(root, 0);
    }
    splice = new YamlSplice(source, shared, new YamlBlock(indentedLists));
  }

  private YamlTree tree(Node root) {
    try {
      return new YamlTree(source, root);
    } catch (YamlTree.MalformedException e) {
      throw document.problem(
          from + Math.max(0, e.offset() - column), String.valueOf(e.getMessage()));
    }
  }

  private void collect(Node node, @Nullable Object value, Defaults its) {
    Map<String, @Nullable Object> object = Tree.map(value);
    String kind = object.containsKey("kind") ? Tree.text(object, "kind") : its.kind();
    String version =
        object.containsKey("apiVersion") ? Tree.text(object, "apiVersion") : its.apiVersion();
    if (kind.equals("Namespace")) {
      namespaces.put(
          Tree.text(object, "metadata", "name"), Tree.map(Tree.at(object, "metadata", "labels")));
      return;
    }
    if (kind.endsWith("List") && object.get("items") instanceof List<?>) {
      collectItems(node, Tree.list(object.get("items")), ofItems(its.kinds(), kind, version));
      return;
    }
    Optional<WorkloadKind> known = its.kinds().of(kind, version);
    int before = workloads.size();
    known.ifPresent(one -> collectPods(one, object, node));
    if (workloads.size() == before) {
      Optional<UnknownWorkload> elsewhere =
          UnknownWorkload.find(kind, version, object, known.isPresent());
      if (known.isPresent() && (elsewhere.isEmpty() || known.get().isGiven())) {
        missing.add(MissingPod.of(object, known.get(), elsewhere));
      } else {
        elsewhere.ifPresent(unknown::add);
      }
    }
  }

  private void collectItems(Node node, List<@Nullable Object> items, Defaults its) {
    Node list = child(node, "items");
    for (int i = 0; list instanceof SequenceNode sequence && i < items.size(); i++) {
      collect(sequence.getValue().get(i), items.get(i), its);
    }
  }

  /** Returns what the items of a List are: a DeploymentList has Deployments, a List anything. */
  static Defaults ofItems(WorkloadKinds kinds, String kind, String apiVersion) {
    String its = kind.substring(0, kind.length() - "List".length());
    return new Defaults(kinds, its, its.isEmpty() ? "" : apiVersion);
  }

  private void collectPods(WorkloadKind kind, Map<String, @Nullable Object> object, Node node) {
    collectPods(kind, object, node, object, 0, false);
  }

  private void collectPods(
      WorkloadKind kind,
      Map<String, @Nullable Object> object,
      Node node,
      @Nullable Object value,
      int depth,
      boolean isShared) {
    boolean isSharedHere = isShared || shared.contains(node);
    if (depth == kind.path().size()) {
      if (value instanceof Map<?, ?>) {
        if (isSharedHere) {
          shared.add(node);
        }
        workloads.add(new Workload(object, kind, Tree.map(value), node));
      }
      return;
    }
    String key = kind.path().get(depth);
    if (key.equals(WorkloadKind.EVERY_ELEMENT) && node instanceof SequenceNode sequence) {
      List<@Nullable Object> elements = Tree.list(value);
      for (int i = 0; i < elements.size(); i++) {
        Node element = sequence.getValue().get(i);
        collectPods(kind, object, element, elements.get(i), depth + 1, isSharedHere);
      }
      return;
    }
    Node child = child(node, key);
    Object inside = Tree.map(value).get(key);
    if (child != null) {
      collectPods(kind, object, child, inside, depth + 1, isSharedHere);
    } else if (inside != null) { // from a merge key: found as such when it is to change
      shared.add(node);
      collectPods(kind, object, node, inside, depth + 1, true);
    }
  }

  /** Returns the value of a key, or null; what a merge key brings is not the object's own. */
  static @Nullable Node child(Node node, String key) {
    Node found = null;
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        found = YamlTree.key(tuple).equals(key) ? tuple.getValueNode() : found;
      }
    }
    return found;
  }

  private static boolean hasFlushList(Node node, int depth) {
    return node instanceof MappingNode mapping
        && depth < 12
        && mapping.getValue().stream()
            .anyMatch(tuple -> isFlushList(tuple) || hasFlushList(tuple.getValueNode(), depth + 1));
  }

  private static boolean isFlushList(NodeTuple tuple) {
    return tuple.getValueNode() instanceof SequenceNode list
        && SourceText.isBlock(list)
        && tuple
            .getKeyNode()
            .getStartMark()
            .map(Mark::getColumn)
            .equals(list.getStartMark().map(Mark::getColumn));
  }

  /** Returns objects of known kinds that have no pod. */
  List<MissingPod> missing() {
    return missing;
  }

  /** Returns what makes pods, in the text's order. */
  List<Workload> workloads() {
    return workloads;
  }

  /** Returns what makes pods in a way that is not known. */
  List<UnknownWorkload> unknown() {
    return unknown;
  }

  /** Returns labels of namespaces by name. */
  Map<String, Map<String, @Nullable Object>> namespaces() {
    return namespaces;
  }

  /**
   * Puts a changed pod in the place of a workload's.
   *
   * @return why that cannot be, or an empty text
   */
  String change(Workload workload, Map<String, @Nullable Object> pod) {
    try {
      NullWords.restore(splice, workload.node(), workload.pod());
      Map<String, @Nullable Object> kept = NullWords.kept(source, workload.node(), pod);
      splice.change(workload.node(), workload.pod(), kept);
      changed.put(workloads.indexOf(workload), kept);
      return "";
    } catch (SharedNodeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Returns the text as it was. */
  String original() {
    return source.text().substring(column);
  }

  /**
   * Returns the text with all changes, or nothing when it would not mean what it must: a construct
   * that is cut wrongly.
   */
  Optional<String> text() {
    if (changed.isEmpty()) {
      return Optional.of(original());
    }
    String text = splice.text();
    return text.startsWith(" ".repeat(column)) && isAsMeant(text)
        ? Optional.of(text.substring(column))
        : Optional.empty();
  }

  private boolean isAsMeant(String text) {
    List<Workload> result;
    try {
      Document again = new Document(document.label(), text, 0, 1, document.isJson());
      result = new Composition(again, 0, text.length(), 0, defaults).workloads();
    } catch (SettingsException | YamlEngineException e) {
      return false;
    }
    boolean isSame = result.size() == workloads.size();
    for (int i = 0; isSame && i < result.size(); i++) {
      isSame = result.get(i).pod().equals(changed.getOrDefault(i, workloads.get(i).pod()));
    }
    return isSame;
  }
}
