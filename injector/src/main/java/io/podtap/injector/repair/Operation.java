/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.Cause;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A repair that is under way. It stands in the Lease from before its first step to after its last,
 * so that whoever leads next goes on where it is.
 *
 * @param controller uid of what makes the pods, which is not the owner where that is an owner of an
 *     owner
 * @param begun when the owner was about to be touched
 * @param former what the template's annotation said before, or an empty text for nothing
 * @param mark what it says since, or an empty text for an eviction
 * @param available pods that were available before
 * @param since when the phase began
 */
record Operation(
    String kind,
    String namespace,
    String name,
    String path,
    String uid,
    String controller,
    Instant begun,
    String former,
    String mark,
    long available,
    Phase phase,
    Instant since) {

  enum Phase {
    /** New pods are made. */
    ROLLING,
    /** It was given up: the template is what it was, and pods come back. */
    UNDONE,
    /** They did not: the template says that its pods get no tap. */
    EXEMPT
  }

  String label() {
    return kind + ' ' + namespace + '/' + name;
  }

  boolean isEviction() {
    return mark.isEmpty();
  }

  Operation in(Phase next, Instant now) {
    return new Operation(
        kind, namespace, name, path, uid, controller, begun, former, mark, available, next, now);
  }

  String text() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("kind", kind);
    map.put("namespace", namespace);
    map.put("name", name);
    map.put("path", path);
    map.put("uid", uid);
    map.put("controller", controller);
    map.put("begun", begun.toString());
    map.put("former", former);
    map.put("mark", mark);
    map.put("available", available);
    map.put("phase", phase.name().toLowerCase(Locale.ROOT));
    map.put("since", since.toString());
    return JsonText.write(map);
  }

  /** Reads what {@link #text} wrote; nothing when somebody else wrote it. */
  static Optional<Operation> parse(String text) {
    try {
      Map<String, @Nullable Object> map = Tree.map(JsonText.read(text));
      Phase phase = Phase.valueOf(Tree.text(map, "phase").toUpperCase(Locale.ROOT));
      Optional<Instant> begun = Cause.time(Tree.text(map, "begun"));
      Optional<Instant> since = Cause.time(Tree.text(map, "since"));
      return begun.isEmpty() || since.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Operation(
                  Tree.text(map, "kind"),
                  Tree.text(map, "namespace"),
                  Tree.text(map, "name"),
                  Tree.text(map, "path"),
                  Tree.text(map, "uid"),
                  Tree.text(map, "controller"),
                  begun.get(),
                  Tree.text(map, "former"),
                  Tree.text(map, "mark"),
                  Rollout.number(map, 0, "available"),
                  phase,
                  since.get()));
    } catch (JsonText.MalformedException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
