package io.podtap.injector.repair;

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
record Setback(
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

  /** The API server refuses a pod of it with a tap. */
  static final String WOULD_BE_REFUSED = "would-be-refused";

  /** It was restarted, and its new pods did not come. */
  static final String GAVE_UP = "repair-gave-up";

  /** For a moment it would have fewer pods than it wants. */
  static final String WOULD_LOSE_PODS = "would-lose-pods";

  private static final int TEXT_LENGTH_MAX = 300;

  Setback {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    text = line.substring(0, Math.min(line.length(), TEXT_LENGTH_MAX));
  }

  String label() {
    return kind + ' ' + namespace + '/' + name;
  }

  Setback withKey(String other) {
    return new Setback(kind, namespace, name, path, uid, reason, text, at, other, halts);
  }

  Finding finding() {
    Finding.State state =
        reason.equals(WOULD_LOSE_PODS) ? Finding.State.NOTE : Finding.State.REFUSED;
    return new Finding(namespace, kind, name, uid, state, reason, text, at, Reference.NOBODY);
  }

  Map<String, @Nullable Object> tree() {
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
  static Map<String, Setback> parse(String annotation) {
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
