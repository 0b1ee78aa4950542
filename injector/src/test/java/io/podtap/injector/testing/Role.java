/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.testing.Eventually.Action;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Role or ClusterRole in a real API server, to see what fails without one of its verbs.
 *
 * @param path of the object
 */
public record Role(RealApiServer server, String path) {

  /** Returns a ClusterRole. */
  public static Role ofCluster(RealApiServer server, String name) {
    return new Role(server, "/apis/rbac.authorization.k8s.io/v1/clusterroles/" + name);
  }

  /** Returns a Role of namespace podtap. */
  public static Role ofPodtap(RealApiServer server, String name) {
    return new Role(server, "/apis/rbac.authorization.k8s.io/v1/namespaces/podtap/roles/" + name);
  }

  /**
   * Takes a verb out of the resource's rules and gives it back. The authorizer follows a moment
   * later.
   */
  public void without(String verb, String resource, Action action) throws Exception {
    List<@Nullable Object> rules =
        Tree.list(Tree.at(JsonText.read(server.ask("GET", path, "").body()), "rules"));
    List<@Nullable Object> fewer = new ArrayList<>();
    for (Object rule : rules) {
      List<@Nullable Object> verbs = new ArrayList<>(Tree.list(Tree.at(rule, "verbs")));
      if (Tree.list(Tree.at(rule, "resources")).contains(resource)) {
        verbs.remove(verb);
      }
      Map<String, @Nullable Object> changed = new LinkedHashMap<>(Tree.map(rule));
      changed.put("verbs", verbs);
      if (!verbs.isEmpty()) {
        fewer.add(changed);
      }
    }
    assertThat(fewer).as(verb + ' ' + resource).isNotEqualTo(rules);
    write(fewer);
    action.run();
    write(rules);
  }

  /** The same; the action must be refused with these words. */
  public void refuses(String verb, String resource, String words, Action action) throws Exception {
    without(
        verb,
        resource,
        () ->
            assertThatThrownBy(action::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(words));
  }

  private void write(List<@Nullable Object> rules) throws Exception {
    server.patch(path, JsonText.write(Map.of("rules", rules)));
    Thread.sleep(500);
  }
}
