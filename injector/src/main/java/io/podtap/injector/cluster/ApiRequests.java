/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What programs ask of an API server: the real one is {@link ClusterApi}, tests simulate one.
 *
 * <p>Every method may block and throws {@link IOException} when there is no answer.
 */
public interface ApiRequests {

  /** Takes one object of a list. */
  interface Taker {

    /**
     * Takes an object.
     *
     * @param isWhole false when the object is larger than any that can be held: what lies beyond is
     *     missing
     */
    void take(Map<String, @Nullable Object> object, boolean isWhole) throws IOException;
  }

  /** Returns the namespace that is meant where none is named. */
  String namespace() throws IOException;

  /**
   * Sends a request and reads its answer, whatever its status.
   *
   * @param type the body's media type, empty for none
   */
  ClusterApi.Answer send(String method, String path, String type, @Nullable Object body)
      throws IOException;

  /**
   * Lists objects page by page; each is handed on while its page is read, and only {@code fields}
   * of it. The order is the API server's: by namespace and name.
   *
   * @param path with its query, if any
   * @return the version that a watch goes on from
   * @throws RefusedException when the list is refused
   */
  String list(String path, Fields fields, Taker taker) throws IOException;

  /** As {@link #send}, without a body. */
  default ClusterApi.Answer get(String path) throws IOException {
    return send("GET", path, "", null);
  }

  /**
   * Returns an object.
   *
   * @throws RefusedException when it is not there or not ours to see
   */
  default Map<String, @Nullable Object> object(String path) throws IOException {
    ClusterApi.Answer answer = get(path);
    if (!answer.isGood()) {
      throw new RefusedException("GET " + path, answer);
    }
    return answer.object();
  }
}
