/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;

/**
 * What a document is and where a List's items stand, read event by event: memory is bounded by the
 * depth. Every mistake of the text is found here, before anything of the document is written.
 */
final class Outline {

  private static final int DEPTH_MAX = 200;
  private static final int NOTES_MAX = 10;

  /** What a node and its values take of the heap, with room for reading the result again. */
  private static final long BYTES_PER_NODE = 1_500;

  /**
   * An item of a List.
   *
   * @param start offset of its first character
   * @param end behind its last character, or its last line in a block
   * @param isBlock whether it is written as a block
   */
  record Item(int start, int end, boolean isMapping, boolean isBlock) {}

  /**
   * A list or a text where an object of Kubernetes has to be.
   *
   * @param start offset of its first character
   */
  record NotAnObject(int start, boolean isList, boolean isItem) {}

  /** A collection that has not ended. */
  private static final class Frame {
    private final boolean isMapping;
    private final boolean isItems;
    private final boolean isBlock;
    private final Set<String> keys = new HashSet<>();
    private @Nullable String key;

    Frame(boolean isMapping, boolean isItems, boolean isBlock) {
      this.isMapping = isMapping;
      this.isItems = isItems;
      this.isBlock = isBlock;
    }
  }

  private final Document document;
  private final CodePoints codePoints;
  private final TokenPlaces tokens;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final Set<String> anchors = new HashSet<>();
  private final List<Item> items = new ArrayList<>();
  private final List<NotAnObject> notObjects = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private String kind = "";
  private String apiVersion = "";
  private boolean hasItems;
  private boolean hasAliases;
  private boolean hasDirectives;
  private boolean hasContainers;
  private int documents;
  private int duplicates;
  private int nodes;
  private int nodesAtStart;
  private int nodesOfLargest;
  private int itemStart;
  private boolean isMappingItem;
  private boolean isBlockItem;
  private boolean isMerged;

  private Outline(Document document) {
    this.document = document;
    String text = document.parsable(document.body(), document.text().length());
    codePoints = new CodePoints(text);
    tokens = new TokenPlaces(text, false);
  }

  /**
   * Reads a document.
   *
   * @throws SettingsException with the line, when it is neither YAML nor JSON
   */
  static Outline of(Document document) {
    Outline outline = new Outline(document);
    try {
      ParserImpl parser = new ParserImpl(TokenPlaces.SETTINGS, outline.tokens);
      while (parser.hasNext()) {
        outline.take(parser.next());
      }
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw outline.problem(mark, String.valueOf(e.getProblem()));
    } catch (ReaderException e) {
      throw document.problem(
          document.body() + outline.codePoints.offset(e.getPosition()),
          "character U+%04X is not allowed".formatted(e.getCodePoint()));
    } catch (YamlEngineException e) {
      throw document.problem(0, String.valueOf(e.getMessage()));
    }
    if (outline.duplicates > NOTES_MAX) {
      outline.notes.add(
          document.label() + ": " + (outline.duplicates - NOTES_MAX) + " more keys are duplicates");
    }
    return outline;
  }

  private SettingsException problem(Optional<Mark> mark, String problem) {
    return document.problem(offset(mark), problem.lines().findFirst().orElse(""));
  }

  private int offset(Optional<Mark> mark) {
    return document.body() + mark.map(here -> codePoints.offset(here.getIndex())).orElse(0);
  }

  private void take(Event event) {
    if (event instanceof DocumentStartEvent start) {
      documents++;
      hasDirectives |= start.getSpecVersion().isPresent() || !start.getTags().isEmpty();
    } else if (event instanceof NodeEvent node) {
      begin(node);
    } else if (event instanceof CollectionEndEvent) {
      Frame ended = frames.pop();
      if (ended.isItems && ended.isBlock && !items.isEmpty()) {
        extendLast(offset(event.getStartMark()));
      }
      end(offset(event.getEndMark()));
    }
  }

  private void begin(NodeEvent event) {
    Frame parent = frames.peek();
    boolean isKey = parent != null && parent.isMapping && parent.key == null;
    if (parent != null && parent.isItems) {
      beginItem(parent, event);
    }
    if ((parent == null || parent.isItems) && !mayBeObject(event)) {
      notObjects.add(
          new NotAnObject(
              offset(event.getStartMark()), event instanceof SequenceStartEvent, parent != null));
    }
    nodes++;
    nodesOfLargest = Math.max(nodesOfLargest, nodes - nodesAtStart);
    if (event instanceof AliasEvent alias) {
      hasAliases = true;
      if (!anchors.contains(alias.getAlias().getValue())) {
        throw problem(event.getStartMark(), "undefined alias *" + alias.getAlias().getValue());
      }
      end(offset(event.getEndMark()));
      return;
    }
    event.getAnchor().ifPresent(anchor -> anchors.add(anchor.getValue()));
    if (event instanceof ScalarEvent scalar) {
      requireFitting(scalar);
      if (isKey) {
        key(parent, scalar);
      } else {
        note(parent, scalar);
        end(offset(event.getEndMark()));
      }
    } else if (event instanceof CollectionStartEvent start) {
      if (isKey) {
        throw problem(event.getStartMark(), "a map or a list as a key");
      }
      boolean isMapping = event instanceof MappingStartEvent;
      boolean isItems = isItems(parent, event);
      hasItems |= isItems;
      hasContainers |= parent != null && UnknownWorkload.mayHold(parent.key, isMapping);
      frames.push(new Frame(isMapping, isItems, !start.isFlow()));
      if (frames.size() > DEPTH_MAX) {
        throw problem(event.getStartMark(), "deeper than any Kubernetes object is");
      }
    }
  }

  /** An alias may stand for an object, and nothing at all is taken for no document. */
  private static boolean mayBeObject(NodeEvent event) {
    return switch (event) {
      case SequenceStartEvent _ -> false;
      case ScalarEvent scalar -> scalar.isPlain() && PlainScalar.value(scalar.getValue()) == null;
      default -> true;
    };
  }

  private void requireFitting(ScalarEvent scalar) {
    String tag = scalar.getTag().orElse("");
    if (!tag.isEmpty() && !ExplicitTag.isFitting(tag, scalar.getValue())) {
      throw problem(
          scalar.getStartMark(),
          "'" + scalar.getValue() + "' is not " + tag.replace("tag:yaml.org,2002:", "!!"));
    }
  }

  private boolean isItems(@Nullable Frame parent, NodeEvent event) {
    return event instanceof SequenceStartEvent
        && frames.size() == 1
        && parent != null
        && "items".equals(parent.key)
        && !hasItems;
  }

  private void key(@Nullable Frame parent, ScalarEvent scalar) {
    String key = scalar.getValue();
    if (parent == null) {
      return;
    }
    parent.key = key;
    isMerged |= frames.size() == 1 && key.equals(YamlTree.MERGE);
    if (!parent.keys.add(key) && !(scalar.isPlain() && key.equals(YamlTree.MERGE))) {
      duplicates++;
      if (duplicates <= NOTES_MAX) {
        notes.add(
            document.place(offset(scalar.getStartMark()))
                + ": key '"
                + key
                + "' is a duplicate: the last value counts");
      }
    }
  }

  private void note(@Nullable Frame parent, ScalarEvent scalar) {
    if (parent != null && frames.size() == 1 && parent.key != null) {
      switch (parent.key) {
        case "kind" -> kind = scalar.getValue();
        case "apiVersion" -> apiVersion = scalar.getValue();
        default -> {}
      }
    }
  }

  /** A node has ended: what comes next in its mapping is a key, unless it was one itself. */
  private void end(int offset) {
    Frame parent = frames.peek();
    if (parent == null) {
      return;
    }
    if (parent.isMapping) {
      parent.key = parent.key == null ? "" : null;
    } else if (parent.isItems) {
      items.add(new Item(itemStart, offset, isMappingItem, isBlockItem));
    }
  }

  private void beginItem(Frame parent, NodeEvent event) {
    if (parent.isBlock && !items.isEmpty()) {
      int dash = document.body() + codePoints.offset(tokens.lastDash());
      int line = LineBreaks.startOfLine(document.text(), dash);
      extendLast(document.text().substring(line, dash).isBlank() ? line : dash);
    }
    itemStart = offset(event.getStartMark());
    isMappingItem = event instanceof MappingStartEvent;
    isBlockItem = event instanceof CollectionStartEvent start && !start.isFlow();
    nodesAtStart = nodes;
    nodesOfLargest = items.isEmpty() ? 0 : nodesOfLargest;
  }

  /** An item of a block ends with its last line, or with the comments behind it. */
  private void extendLast(int end) {
    Item last = items.removeLast();
    items.add(
        new Item(last.start(), Math.max(last.start(), end), last.isMapping(), last.isBlock()));
  }

  /** Returns the object's kind, or an empty text. */
  String kind() {
    return kind;
  }

  String apiVersion() {
    return apiVersion;
  }

  /** Returns the items of a List, when each can be read without the others; else none. */
  List<Item> items() {
    boolean isAlone = !hasAliases && !hasDirectives && documents == 1 && kind.endsWith("List");
    return isAlone ? items : List.of();
  }

  boolean hasItems() {
    return hasItems;
  }

  /** Returns what is no object, although the document or an item of a List has to be one. */
  List<NotAnObject> notObjects() {
    boolean isList = kind.endsWith("List");
    return notObjects.stream().filter(one -> isList || !one.isItem()).toList();
  }

  /** Returns whether a merge key brings what the document is. */
  boolean isMerged() {
    return isMerged;
  }

  /** Returns whether there may be containers anywhere. */
  boolean hasContainers() {
    return hasContainers;
  }

  /** Returns what a person should know of the text. */
  List<String> notes() {
    return notes;
  }

  /**
   * Refuses an object that this heap cannot hold as a tree.
   *
   * @throws SettingsException with the line
   */
  void requireFitting() {
    long nodesMax = Math.min(1_000_000, Runtime.getRuntime().maxMemory() / BYTES_PER_NODE);
    int largest = items().isEmpty() ? nodes : nodesOfLargest;
    if (largest > nodesMax) {
      throw document.problem(
          document.body(),
          "an object with "
              + largest
              + " values: more than "
              + nodesMax
              + " are too many for this program's memory");
    }
  }
}
