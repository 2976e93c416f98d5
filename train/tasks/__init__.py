"""What Ember learns from: tasks, the world they happen in, and the clients they come through."""
