//! offersync: offers as code for CAKE.
