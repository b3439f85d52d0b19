"""Finding: from what was typed to the parcels that it means, with every change told."""
