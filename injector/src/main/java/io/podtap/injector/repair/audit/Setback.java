/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An owner that repair leaves alone. It stands in the Lease, where {@code podtap check} reads it.
 *
 * @param path of the owner
 * @param reason a stable word
 * @param text one line for a person
 * @param key of the template and the tap: when it changes, the owner may be tried again
 * @param halts whether nothing else is repaired as long as this stands
 */
public record Setback(
    String kind,
    String namespace,
    String name,
    String path,
    String uid,
    String reason,
    String text,
    Instant at,
    String key,
    boolean halts) {

  /** The Lease that has them, in the webhook's namespace. */
  public static final String LEASE = "podtap-repair";

  /** The Lease's annotation that has them, as JSON. */
  public static final String ANNOTATION = "podtap.io/given-up";

  /** The API server refuses a pod of it with a tap. */
  public static final String WOULD_BE_REFUSED = "would-be-refused";

  /** It was restarted, and its new pods did not come. */
  public static final String GAVE_UP = "repair-gave-up";

  /** For a moment it would have fewer pods than it wants. */
  public static final String WOULD_LOSE_PODS = "would-lose-pods";

  private static final int TEXT_LENGTH_MAX = 300;

  public Setback {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    text = line.substring(0, Math.min(line.length(), TEXT_LENGTH_MAX));
  }

  /** Returns the path of a namespace's Leases. */
  public static String leases(String namespace) {
    return "/apis/coordination.k8s.io/v1/namespaces/" + ApiPath.encode(namespace) + "/leases";
  }

  public String label() {
    return kind + ' ' + namespace + '/' + name;
  }

  public Setback withKey(String other) {
    return new Setback(kind, namespace, name, path, uid, reason, text, at, other, halts);
  }

  public Finding finding() {
    Finding.State state =
        reason.equals(WOULD_LOSE_PODS) ? Finding.State.NOTE : Finding.State.REFUSED;
    return new Finding(namespace, kind, name, uid, state, reason, text, at, Reference.NOBODY);
  }

  public Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("kind", kind);
    map.put("namespace", namespace);
    map.put("name", name);
    map.put("path", path);
    map.put("reason", reason);
    map.put("text", text);
    map.put("at", at.toString());
    map.put("key", key);
    map.put("halts", halts);
    return map;
  }

  /** Reads all that the Lease's annotation says; nothing where somebody else wrote it. */
  public static Map<String, Setback> parse(String annotation) {
    Map<String, Setback> all = new LinkedHashMap<>();
    try {
      Tree.map(JsonText.read(annotation))
          .forEach((uid, one) ->
              all.put(
                  uid,
                  new Setback(
                      Tree.text(one, "kind"),
                      Tree.text(one, "namespace"),
                      Tree.text(one, "name"),
                      Tree.text(one, "path"),
                      uid,
                      Tree.text(one, "reason"),
                      Tree.text(one, "text"),
                      Cause.time(Tree.text(one, "at")).orElse(Instant.EPOCH),
                      Tree.text(one, "key"),
                      Boolean.TRUE.equals(Tree.at(one, "halts")))));
    } catch (JsonText.MalformedException e) {
      // somebody else's text: as if nothing had been given up
    }
    return all;
  }
}
