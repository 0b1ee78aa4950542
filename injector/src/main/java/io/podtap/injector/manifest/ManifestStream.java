/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites files of Kubernetes objects document by document: each is written before the next one is
 * read. Holds one document's text, and one object of it as a tree.
 */
public final class ManifestStream {

  /**
   * A document is held once as text and once in parts while it is joined, two bytes a character.
   */
  private static final int HEAP_PARTS = 6;

  private static final String MARKER = "---";

  private final WorkloadKinds kinds;
  private final ManifestEditor editor;
  private final PrintStream out;
  private @Nullable Charset charset;
  private boolean isJson;
  private char last = '\n';

  /**
   * @param out gets the bytes of all files
   */
  public ManifestStream(WorkloadKinds kinds, ManifestEditor editor, PrintStream out) {
    this.kinds = kinds;
    this.editor = editor;
    this.out = out;
  }

  private static DocumentReader reader(String label, EncodedText text) {
    long charsMax = Runtime.getRuntime().maxMemory() / HEAP_PARTS;
    return new DocumentReader(label, text.reader(), Math.min(charsMax, Integer.MAX_VALUE / 2));
  }

  /**
   * Tells an editor of a file's namespaces alone. Mistakes are left to {@link #rewrite}.
   *
   * @throws IOException when it cannot be read
   */
  public static void readNamespaces(String label, InputStream in, ManifestEditor editor)
      throws IOException {
    try {
      DocumentReader reader = reader(label, EncodedText.of(label, in));
      Units units = new Units(new WorkloadKinds(List.of()), _ -> {});
      Document document = reader.next();
      while (document != null) {
        if (document.text().contains("Namespace")) {
          units.read(document, new NamespaceTaker(editor));
        }
        document = reader.next();
      }
    } catch (SettingsException e) {
      return; // told when the file is rewritten
    }
  }

  private record NamespaceTaker(ManifestEditor editor) implements Units.Taker {

    @Override
    public void text(String text) {}

    @Override
    public void composition(Composition composition) {
      composition.namespaces().forEach(editor::namespace);
    }

    @Override
    public void notAnObject(ManifestEditor.NotAnObject problem) {}
  }

  /**
   * Rewrites one file; between two of several, a marker is written where there is none.
   *
   * @param label names the file in messages
   * @throws SettingsException when a document has a mistake: whole documents before it are written,
   *     it and what follows are not
   * @throws IOException when reading or writing fails
   */
  public void rewrite(String label, InputStream in) throws IOException {
    int written = 0;
    try {
      EncodedText text = EncodedText.of(label, in);
      requireSame(label, text.charset());
      DocumentReader reader = reader(label, text);
      Units units = new Units(kinds, editor::note);
      Document document = reader.next();
      while (document != null) {
        units.read(document, new Writer(document, written == 0, text.charset()));
        finish();
        written++;
        isJson = document.isJson();
        document = reader.next();
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e.getCause());
    } catch (SettingsException e) {
      editor.written();
      throw written == 0
          ? e
          : new SettingsException(
              e.getMessage()
                  + " (document "
                  + (written + 1)
                  + ": those before it are written, the rest of the file is not)",
              e);
    }
  }

  private void requireSame(String label, Charset its) {
    if (charset != null && !charset.equals(its)) {
      throw new SettingsException(
          label + ": is " + its + ", the files before it are " + charset + ": convert it");
    }
  }

  private void finish() {
    out.flush();
    if (out.checkError()) {
      throw new UncheckedIOException(
          "standard output cannot be written", new IOException("standard output"));
    }
    editor.written();
  }

  /** Writes a document's units, changed or not. */
  private final class Writer implements Units.Taker {

    private final Document document;
    private final Charset its;
    private boolean isFirst;

    Writer(Document document, boolean isFirst, Charset its) {
      this.document = document;
      this.isFirst = isFirst;
      this.its = its;
    }

    @Override
    public void text(String text) {
      if (isFirst && charset != null) {
        write(separator());
      }
      isFirst = false;
      charset = its;
      write(text);
    }

    @Override
    public void notAnObject(ManifestEditor.NotAnObject problem) {
      editor.notAnObject(problem);
    }

    private String separator() {
      String end = LineBreaks.isBreak(last) ? "" : "\n";
      boolean isApart = document.text().startsWith(MARKER) || (isJson && document.isJson());
      return end + (isApart ? "" : MARKER + '\n');
    }

    private void write(String text) {
      if (!text.isEmpty()) {
        byte[] bytes = text.getBytes(its);
        out.write(bytes, 0, bytes.length);
        last = text.charAt(text.length() - 1);
      }
    }

    @Override
    public void composition(Composition composition) {
      composition.namespaces().forEach(editor::namespace);
      composition.unknown().forEach(editor::unknown);
      composition.missing().forEach(editor::missing);
      Map<Workload, String> edited = new LinkedHashMap<>();
      for (Workload workload : composition.workloads()) {
        Map<String, @Nullable Object> pod = editor.edit(workload);
        if (pod != null) {
          edited.put(workload, composition.change(workload, pod));
        }
      }
      Optional<String> changed = composition.text();
      text(changed.orElseGet(composition::original));
      edited.forEach((workload, obstacle) ->
          editor.edited(
              workload,
              changed.isEmpty() && obstacle.isEmpty()
                  ? "its text cannot be changed in its place"
                  : obstacle));
      finish();
    }
  }
}
