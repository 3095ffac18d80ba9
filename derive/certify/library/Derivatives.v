(* Derivatives: of what formulas are made of, and of sums and arrays of any size. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Lossproof Require Import Sums Powers Signs.
Open Scope R_scope.

Lemma derive_value (f : R -> R) (x d e : R) : is_derive f x d -> d = e -> is_derive f x e.
Proof. intros H <-; exact H. Qed.
Lemma derive_const (c x : R) : is_derive (fun _ => c) x 0.
Proof. apply (is_derive_const (K := R_AbsRing) (V := R_NormedModule)). Qed.
Lemma derive_variable (x : R) : is_derive (fun v => v) x 1.
Proof. apply (is_derive_id (K := R_AbsRing)). Qed.
Lemma derive_plus (f g : R -> R) (x a b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun v => f v + g v) x (a + b).
Proof. apply (is_derive_plus (K := R_AbsRing) (V := R_NormedModule)). Qed.
Lemma derive_minus (f g : R -> R) (x a b : R) : is_derive f x a -> is_derive g x b -> is_derive (fun v => f v - g v) x (a - b).
Proof. apply (is_derive_minus (K := R_AbsRing) (V := R_NormedModule)). Qed.
Lemma derive_opp (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun v => - f v) x (- a).
Proof. apply (is_derive_opp (K := R_AbsRing) (V := R_NormedModule)). Qed.
Lemma derive_mult (f g : R -> R) (x a b : R) :
  is_derive f x a -> is_derive g x b -> is_derive (fun v => f v * g v) x (a * g x + f x * b).
Proof. intros F G. apply (is_derive_mult (K := R_AbsRing) f g x a b F G). intros; apply Rmult_comm. Qed.
Lemma derive_chain (f g : R -> R) (x a b : R) :
  is_derive g x b -> is_derive f (g x) a -> is_derive (fun v => f (g v)) x (b * a).
Proof. intros G F. exact (is_derive_comp f g x a b F G). Qed.
Lemma derive_inv (f : R -> R) (x a : R) : f x <> 0 -> is_derive f x a -> is_derive (fun v => / f v) x (- a / f x ^ 2).
Proof. intros H F. apply (is_derive_inv f x a F H). Qed.
Lemma derive_div (f g : R -> R) (x a b : R) : g x <> 0 -> is_derive f x a -> is_derive g x b ->
  is_derive (fun v => f v / g v) x ((a * g x - f x * b) / g x ^ 2).
Proof. intros H F G. exact (is_derive_div f g x a b F G H). Qed.
Lemma derive_pow (f : R -> R) (n : nat) (x a : R) :
  is_derive f x a -> is_derive (fun v => f v ^ n) x (INR n * a * f x ^ pred n).
Proof. apply is_derive_pow. Qed.
Lemma derive_power (f : R -> R) (n m : nat) (c x a : R) : n = S m -> c = INR n ->
  is_derive f x a -> is_derive (fun v => f v ^ n) x (c * a * f x ^ m).
Proof. intros -> -> H. exact (derive_pow f (S m) x a H). Qed.
Lemma derive_exp (f : R -> R) (x a : R) : is_derive f x a -> is_derive (fun v => exp (f v)) x (a * exp (f x)).
Proof. intros F. apply (derive_chain exp f); auto. apply is_derive_Reals, derivable_pt_lim_exp. Qed.
Lemma derive_ln (f : R -> R) (x a : R) : 0 < f x -> is_derive f x a -> is_derive (fun v => ln (f v)) x (a / f x).
Proof. intros H F. apply (derive_chain ln f); auto. apply is_derive_Reals, derivable_pt_lim_ln; auto. Qed.
Lemma derive_sum K (f : nat -> R -> R) (x : R) (d : nat -> R) :
  (forall k, (1 <= k <= K)%nat -> is_derive (f k) x (d k)) ->
  is_derive (fun v => sum K (fun k => f k v)) x (sum K d).
Proof.
  induction K; simpl; intros H; [apply derive_const|].
  apply (derive_plus (fun v => sum K (fun k => f k v)) (f (S K))); [apply IHK; intros; apply H|apply H]; lia.
Qed.
Lemma derive_upd (u : nat -> R) j k (x : R) : is_derive (fun v => upd u j v k) x (delta j k).
Proof. unfold upd, delta; destruct (j =? k)%nat; [apply derive_variable|apply derive_const]. Qed.
Lemma derive_upd2 (u : nat -> nat -> R) n j i k (x : R) :
  is_derive (fun v => upd2 u n j v i k) x (delta n i * delta j k).
Proof.
  unfold upd2, delta. destruct (n =? i)%nat; [destruct (j =? k)%nat|].
  - eapply derive_value; [apply derive_variable|ring].
  - eapply derive_value; [apply derive_const|ring].
  - eapply derive_value; [apply derive_const|ring].
Qed.

(* What certificates conclude: the derivative exists, and has this value. *)
Lemma derive_exists (f : R -> R) (x d : R) : is_derive f x d -> ex_derive f x.
Proof. intros H; exists d; exact H. Qed.
Lemma derive_equals (f : R -> R) (x d : R) : is_derive f x d -> Derive f x = d.
Proof. apply is_derive_unique. Qed.
(* The second derivative: the first, found at every point near x, is differentiated again. *)
Lemma derive_near (f g : R -> R) (x d : R) : locally x (fun v => f v = g v) -> is_derive f x d -> is_derive g x d.
Proof. apply is_derive_ext_loc. Qed.
Lemma near_positive (x : R) : 0 < x -> locally x (fun v => 0 < v).
Proof. intros H. apply (open_gt 0 x H). Qed.
Lemma near_within (x a b : R) : a < x < b -> locally x (fun v => a < v < b).
Proof.
  intros [A B]. apply (filter_and (F := locally x) _ _ (open_gt a x A) (open_lt b x B)).
Qed.
Lemma near_all (x : R) (P : R -> Prop) : (forall v, P v) -> locally x P.
Proof. apply filter_forall. Qed.

(* One step of differentiation after another, each by its lemma; what a hypothesis says of a sum is used as it is. *)
Ltac differentiate :=
  first
  [ eassumption
  | lazymatch goal with
    | |- is_derive (fun v => v) _ _ => apply derive_variable
    | |- is_derive (fun _ => ?c) _ _ => apply derive_const
    | |- is_derive (fun v => upd _ _ v _) _ _ => apply derive_upd
    | |- is_derive (fun v => upd2 _ _ _ v _ _) _ _ => apply derive_upd2
    | |- is_derive (fun v => @?f v + @?g v) _ _ => eapply (derive_plus f g); differentiate
    | |- is_derive (fun v => @?f v - @?g v) _ _ => eapply (derive_minus f g); differentiate
    | |- is_derive (fun v => - @?f v) _ _ => eapply (derive_opp f); differentiate
    | |- is_derive (fun v => @?f v * @?g v) _ _ => eapply (derive_mult f g); differentiate
    | |- is_derive (fun v => @?f v / @?g v) _ _ =>
        eapply (derive_div f g); [cbv beta; rewrite ?upd_same, ?upd2_same; side|differentiate|differentiate]
    | |- is_derive (fun v => / @?f v) _ _ => eapply (derive_inv f); [cbv beta; rewrite ?upd_same, ?upd2_same; side|differentiate]
    | |- is_derive (fun v => @?f v ^ ?n) _ _ => 
        let m := eval cbv in (pred n) in let c := eval cbv in (Z.of_nat n) in
        eapply (derive_power f n m (IZR c)); [reflexivity|simpl; lra|differentiate]
    | |- is_derive (fun v => exp (@?f v)) _ _ => eapply (derive_exp f); differentiate
    | |- is_derive (fun v => ln (@?f v)) _ _ => eapply (derive_ln f); [cbv beta; rewrite ?upd_same, ?upd2_same; side|differentiate]
    end ].

(* Near a point that is positive (below 1) every point is. *)
Lemma near_below (x a : R) : 0 < a - x -> locally x (fun v => 0 < a - v).
Proof.
  intros H. apply (filter_imp (F := locally x) (fun v => v < a)); [intros; lra|]. apply (open_lt a x). lra.
Qed.
Ltac near_point :=
  first [ apply near_positive; solve [side] | apply near_below; solve [side]
        | apply filter_and; near_point ].
Ltac near_entry :=
  intros; try match goal with H : _ /\ _ |- _ => decompose [and] H; clear H end;
  unfold upd, upd2; repeat match goal with |- context [if ?b then _ else _] => destruct b end;
  first [assumption | solve [side]].
