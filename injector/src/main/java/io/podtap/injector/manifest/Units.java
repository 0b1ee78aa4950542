/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.function.Consumer;

/**
 * Cuts a document into what is passed through as it is and what is looked into. Items of a List are
 * looked into one after another, so that memory is bounded by the largest of them.
 */
final class Units {

  /** Of a document: one that has many is of another kind altogether. */
  private static final int NOT_OBJECTS_MAX = 10;

  /** Takes a document's units; all of them one after another are its text. */
  interface Taker {

    /** Takes text that stays as it is. */
    void text(String text);

    /** Takes what may change. */
    void composition(Composition composition);

    /** Learns of a list or a text where an object has to be; it is in the text all the same. */
    void notAnObject(ManifestEditor.NotAnObject problem);
  }

  private final WorkloadKinds kinds;
  private final Consumer<String> notes;

  /**
   * @param notes told what a person should know of the text
   */
  Units(WorkloadKinds kinds, Consumer<String> notes) {
    this.kinds = kinds;
    this.notes = notes;
  }

  /**
   * Reads one document.
   *
   * @throws io.podtap.core.config.SettingsException with the line, when it has a mistake; nothing
   *     has been taken then
   */
  void read(Document document, Taker taker) {
    Outline outline = Outline.of(document);
    outline.notes().forEach(notes);
    outline.notObjects().stream()
        .limit(NOT_OBJECTS_MAX)
        .map(one ->
            new ManifestEditor.NotAnObject(document.place(one.start()), one.isList(), one.isItem()))
        .forEach(taker::notAnObject);
    String text = document.text();
    if (!outline.items().isEmpty()) {
      outline.requireFitting();
      items(document, outline, taker);
    } else if (isOfInterest(outline)) {
      outline.requireFitting();
      Composition.Defaults defaults = new Composition.Defaults(kinds, "", "");
      Composition composition =
          new Composition(document, document.body(), text.length(), 0, defaults);
      taker.text(text.substring(0, document.body()));
      taker.composition(composition);
    } else {
      taker.text(text);
    }
  }

  private boolean isOfInterest(Outline outline) {
    return outline.hasContainers()
        || outline.kind().equals("Namespace")
        || (outline.kind().endsWith("List") && outline.hasItems())
        || outline.isMerged()
        || kinds.of(outline.kind(), outline.apiVersion()).isPresent();
  }

  private void items(Document document, Outline outline, Taker taker) {
    Composition.Defaults defaults =
        Composition.ofItems(kinds, outline.kind(), outline.apiVersion());
    String text = document.text();
    int done = 0;
    for (Outline.Item item : outline.items()) {
      if (!item.isMapping()) {
        continue;
      }
      taker.text(text.substring(done, item.start()));
      int column = item.isBlock() ? item.start() - LineBreaks.startOfLine(text, item.start()) : 0;
      taker.composition(new Composition(document, item.start(), item.end(), column, defaults));
      done = item.end();
    }
    taker.text(text.substring(done));
  }
}
