package io.byssus.systemtests;

import io.byssus.cluster.ProcessesConfig;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One {@link TestCluster} for all tests of a class, which leave it as they found it. */
final class TestClusterExtension
    implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
  private final String name;
  private final int shards;
  private final UnaryOperator<ProcessesConfig> shape;
  private TestCluster cluster;

  TestClusterExtension(String name, int shards, UnaryOperator<ProcessesConfig> shape) {
    this.name = name;
    this.shards = shards;
    this.shape = shape;
  }

  TestCluster cluster() {
    return cluster;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    cluster = TestCluster.start(name, shards, shape);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context.getExecutionException().ifPresent(cluster::failed);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (cluster != null) {
      cluster.close();
    }
  }
}
