/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.manifest.ManifestEditor;
import io.podtap.injector.manifest.ManifestStream;
import io.podtap.injector.manifest.MissingPod;
import io.podtap.injector.manifest.UnknownWorkload;
import io.podtap.injector.manifest.Workload;
import io.podtap.injector.manifest.WorkloadKinds;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts outcomes into files and says each on a line of its own, once it is written.
 *
 * <p>A namespace's labels count wherever a regular file has them; of standard input, which is read
 * once, for what comes behind them.
 */
final class Rewriter implements ManifestEditor {

  /** Labels of a namespace that decide about its pods. */
  private static final Set<String> DECIDING =
      Set.of(WellKnownNames.INJECT, WellKnownNames.POD_SECURITY);

  /** Decides what becomes of a workload. */
  interface Decision {

    /**
     * Returns what becomes of it.
     *
     * @param notes takes lines for a person
     */
    Outcome of(
        Workload workload, Map<String, @Nullable Object> namespaceLabels, List<String> notes);
  }

  private final Streams streams;
  private final String done;
  private final String namespace;
  private final Decision decision;
  private final Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();

  /** By namespace, the first workload that was decided without its labels. */
  private final Map<String, String> decidedWithout = new TreeMap<>();

  private final Map<Workload, List<String>> changes = new HashMap<>();
  private final List<String> lines = new ArrayList<>();
  private int exitCode;
  private int failures;

  /**
   * @param done what to call a change
   * @param namespace of objects that name none, or an empty text
   */
  Rewriter(Streams streams, String done, String namespace, Decision decision) {
    this.streams = streams;
    this.done = done;
    this.namespace = namespace;
    this.decision = decision;
  }

  /**
   * Rewrites all files to standard output; one with a mistake does not keep others from it.
   *
   * @return the exit code: 2 when a file or the output failed, 1 when a workload asked for what
   *     cannot be, else 0
   */
  int rewrite(List<ManifestFiles.Source> sources, WorkloadKinds kinds) {
    ManifestStream stream = new ManifestStream(kinds, this, streams.out());
    List<ManifestFiles.Source> readable = new ArrayList<>();
    for (ManifestFiles.Source source : sources) {
      int before = failures;
      if (source.isRegularFile()) {
        read(source, in -> ManifestStream.readNamespaces(source.label(), in, this));
      }
      if (failures == before) {
        readable.add(source);
      }
    }
    boolean isWritable = true;
    for (ManifestFiles.Source source : readable) {
      isWritable = isWritable && read(source, in -> stream.rewrite(source.label(), in));
    }
    kinds.unseen().forEach(kind -> note("--workload " + kind + ": no object is of this kind"));
    written();
    return exitCode;
  }

  /** Reads a file. */
  private interface Reading {
    void of(InputStream in) throws IOException;
  }

  /** Returns false when nothing else can be written. */
  private boolean read(ManifestFiles.Source source, Reading reading) {
    try (InputStream in = source.open(streams.in())) {
      reading.of(in);
      return true;
    } catch (SettingsException e) {
      fail(String.valueOf(e.getMessage()));
      return true;
    } catch (IOException e) {
      boolean isWritable = !streams.out().checkError();
      if (!isWritable) {
        lines.clear(); // they speak of what is not written
      }
      fail(
          isWritable
              ? "file '" + source.label() + "' cannot be read: " + ManifestFiles.why(e)
              : ManifestFiles.why(e));
      return isWritable;
    } catch (OutOfMemoryError e) {
      lines.clear();
      changes.clear();
      fail(source.label() + ": a document is too large for this program's memory");
      return true;
    }
  }

  private void fail(String text) {
    written();
    streams.log().println("podtap: " + text);
    exitCode = 2;
    failures++;
  }

  @Override
  public void namespace(String name, Map<String, @Nullable Object> labels) {
    if (!namespaces.containsKey(name)
        && decidedWithout.containsKey(name)
        && labels.keySet().stream().anyMatch(DECIDING::contains)) {
      lines.add(
          "namespace/"
              + name
              + ": stands behind "
              + decidedWithout.get(name)
              + ", for which its labels did not count: put it first");
      exitCode = Math.max(exitCode, 1);
    }
    namespaces.put(name, labels);
  }

  @Override
  public @Nullable Map<String, @Nullable Object> edit(Workload workload) {
    String its = workload.namespace().isEmpty() ? namespace : workload.namespace();
    Map<String, @Nullable Object> labels = namespaces.get(its);
    if (labels == null) {
      decidedWithout.putIfAbsent(its, workload.label());
    }
    List<String> notes = new ArrayList<>();
    Outcome outcome = decision.of(workload, labels == null ? Map.of() : labels, notes);
    return switch (outcome) {
      case Outcome.Changed changed -> {
        List<String> all = new ArrayList<>(changed.notes());
        all.addAll(notes);
        changes.put(workload, all);
        yield changed.pod();
      }
      case Outcome.Unchanged unchanged -> {
        unchanged(workload, unchanged.reason(), unchanged.text());
        notes.forEach(note -> line(workload, note));
        yield null;
      }
    };
  }

  private void unchanged(Workload workload, Reason reason, String text) {
    exitCode = Math.max(exitCode, reason.isMistake() ? 1 : 0);
    line(workload, "unchanged, " + reason.word() + ": " + text);
  }

  private void line(Workload workload, String text) {
    lines.add(workload.label() + ": " + text);
  }

  @Override
  public void edited(Workload workload, String obstacle) {
    List<String> notes = changes.getOrDefault(workload, List.of());
    if (obstacle.isEmpty()) {
      line(workload, done);
      notes.forEach(note -> line(workload, note));
    } else {
      unchanged(workload, Reason.SHARED_TEXT, obstacle);
    }
  }

  @Override
  public void unknown(UnknownWorkload workload) {
    if (!workload.reference().isEmpty()) {
      lines.add(
          workload.label() + ": its pods are those of " + workload.reference() + ": inject that");
      return;
    }
    if (workload.kind().isEmpty() || workload.kind().startsWith(".")) {
      lines.add(
          "object"
              + workload.label()
              + ": unchanged, "
              + Reason.UNKNOWN_WORKLOAD.word()
              + ": it has "
              + (workload.hasNoTemplate() ? "containers" : "a pod")
              + " at "
              + workload.place()
              + " and no kind");
      return;
    }
    if (workload.hasNoTemplate()) {
      lines.add(
          workload.label()
              + ": unchanged, "
              + Reason.UNKNOWN_WORKLOAD.word()
              + ": "
              + workload.kind()
              + " has containers at "
              + workload.path()
              + " and no pod template: the webhook injects its pods when they are labelled "
              + WellKnownNames.INJECT
              + "=enabled");
      return;
    }
    Object asked = Tree.at(workload.pod(), "metadata", "labels", WellKnownNames.INJECT);
    boolean isAsked = asked != null && Set.of("enabled", "true").contains(asked.toString());
    exitCode = Math.max(exitCode, isAsked ? 1 : 0);
    lines.add(
        workload.label()
            + ": unchanged, "
            + Reason.UNKNOWN_WORKLOAD.word()
            + ": "
            + workload.kind()
            + " has a pod at "
            + workload.place()
            + ": "
            + workload.option()
            + " injects it");
  }

  @Override
  public void missing(MissingPod missing) {
    exitCode = Math.max(exitCode, missing.isGivenPath() ? 1 : 0);
    lines.add(
        missing.label()
            + ": unchanged, "
            + Reason.NOT_A_POD.word()
            + ": no pod template at "
            + missing.path()
            + missing.advice());
  }

  @Override
  public void notAnObject(NotAnObject problem) {
    exitCode = Math.max(exitCode, 1);
    lines.add(
        problem.place()
            + ": unchanged: "
            + (problem.isList() ? "a list" : "a text")
            + (problem.isItem() ? ", and an item of a List" : ", and a document")
            + " has to be an object: kubectl rejects it");
  }

  @Override
  public void note(String text) {
    lines.add(text);
  }

  @Override
  public void written() {
    lines.forEach(line -> streams.log().println("podtap: " + line));
    lines.clear();
    changes.clear();
  }
}
