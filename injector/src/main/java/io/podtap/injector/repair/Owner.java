package io.podtap.injector.repair;

/**
 * Who makes a pod anew, and how to have it done.
 *
 * @param path of the owner's object
 * @param uid of the owner, or of a pod without one
 * @param why no way is there, or an empty text
 */
public record Owner(
    String kind, String namespace, String name, String path, String uid, Way way, String why) {

  /** How pods are made anew. */
  public enum Way {
    /** By the owner, pod by pod, when its template changes. */
    RESTART,
    /** By taking one pod away, which its budget may forbid. */
    EVICT,
    /** Not at all. */
    NONE
  }

  String label() {
    return kind + ' ' + namespace + '/' + name;
  }
}
