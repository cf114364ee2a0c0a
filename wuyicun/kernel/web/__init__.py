"""The shell of the server pages: navigation, components, formatting, live fragments, refusals as pages."""
